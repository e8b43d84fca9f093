#!/usr/bin/env python3
"""Holds the reference in docs/bazel.md against the rules.

Every name that defs.bzl makes public has a section; every attribute, macro
argument and provider field stands there, and carries its own documentation. And
nothing stands there that the rules do not have.
"""

import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "chestnut_rules"


def definitions():
    """Returns {name: node} of the private files: calls and functions by name."""
    found = {}
    for path in sorted((RULES / "private").glob("*.bzl")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node.value
    return found


def public_names():
    """Returns the names that defs.bzl assigns."""
    tree = ast.parse((RULES / "defs.bzl").read_text(encoding="utf-8"))
    return [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]


def keyword(call, name):
    return next((k.value for k in call.keywords if k.arg == name), None)


def entries(node, known):
    """Yields (name, value) of a dict literal, dict(BASE, key = ...) or the name of one."""
    if isinstance(node, ast.Name):
        yield from entries(known[node.id], known)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            yield key.value, value
    elif isinstance(node, ast.Call):
        for argument in node.args:
            yield from entries(argument, known)
        for argument in node.keywords:
            yield argument.arg, argument.value


def macro_arguments(function):
    """Yields (argument, whether the docstring explains it)."""
    text = ast.get_docstring(function) or ""
    arguments = [a.arg for a in function.args.args]
    if function.args.kwarg:
        arguments.append(function.args.kwarg.arg)
    for argument in arguments:
        yield argument, bool(re.search(rf"^\s+(\*\*)?{argument}: ", text, re.MULTILINE))


def parts(node, known):
    """Yields (attribute, argument or field, whether it is documented)."""
    if isinstance(node, ast.FunctionDef):
        yield from macro_arguments(node)
        return
    fields = keyword(node, "fields")
    if fields is not None:
        for name, value in entries(fields, known):
            yield name, isinstance(value, ast.Constant) and bool(value.value)
        return
    attributes = keyword(node, "attrs")
    for name, value in entries(attributes, known) if attributes is not None else ():
        if not name.startswith("_"):
            yield name, keyword(value, "doc") is not None


def is_documented(node):
    if isinstance(node, ast.FunctionDef):
        return bool(ast.get_docstring(node))
    return keyword(node, "doc") is not None


def sections(text):
    """Returns {heading: body} of the document's third level."""
    pieces = re.split(r"^### (\w+)\n", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2]))


def table_names(body):
    """Returns what stands in backticks in the first column of a section's table."""
    names = set()
    for line in body.split("\n"):
        if line.startswith("|"):
            names.update(re.findall(r"`([^`]+)`", line.split("|")[1]))
    return names


def problems(text):
    """Yields what is wrong with the reference."""
    known, written = definitions(), sections(text)
    public = public_names()
    for name in sorted(set(written) - set(public)):
        yield f"docs/bazel.md: {name} is not in chestnut_rules/defs.bzl"
    for name in public:
        if name not in known:
            yield f"{name}: defined under another name"
            continue
        if not is_documented(known[name]):
            yield f"{name}: no documentation where it is defined"
        if name not in written:
            yield f"docs/bazel.md: no section ### {name}"
            continue
        listed = table_names(written[name])
        own = dict(parts(known[name], known))
        # Every target has one.
        own.pop("name", None)
        listed.discard("name")
        for part, documented in sorted(own.items()):
            if not documented:
                yield f"{name}.{part}: no documentation where it is defined"
            if part not in listed:
                yield f"docs/bazel.md: {name} does not list {part}"
        for part in sorted(listed - set(own)):
            yield f"docs/bazel.md: {name} has no {part}"


def main():
    found = list(problems((ROOT / "docs" / "bazel.md").read_text(encoding="utf-8")))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
