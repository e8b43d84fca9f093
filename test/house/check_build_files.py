#!/usr/bin/env python3
"""The parts of buildifier's format that matter for reading and merging.

Debian 12 has no buildifier. This stands in for it: indentation, white space,
double quotes, and the order of files and dependencies in lists.
"""

import ast
import re
import sys

import tree

SORTED = ("srcs", "hdrs", "deps", "data", "visibility", "tags")


def order(entry):
    """buildifier's order: files, then :local, //tree, @repository."""
    phase = 3 if entry.startswith("@") else 2 if entry.startswith("//") else 1 if entry.startswith(":") else 0
    return phase, re.split(r"[:/.]", entry)


def list_problems(text):
    """Yields (line, what) for each list of files or labels out of order."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.keyword) or node.arg not in SORTED or not isinstance(node.value, ast.List):
            continue
        entries = [e.value for e in node.value.elts if isinstance(e, ast.Constant)]
        if entries != sorted(entries, key=order):
            yield node.value.lineno, f"{node.arg} is not sorted"
        if len(set(entries)) != len(entries):
            yield node.value.lineno, f"{node.arg} names an entry twice"


def file_problems(path, text):
    """Returns the problems of one BUILD, WORKSPACE or .bzl file."""
    problems = []
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            problems.append(f"{path}:{number}: tab")
        if line != line.rstrip():
            problems.append(f"{path}:{number}: white space at the end")
        if not path.endswith(".bzl") and re.match(r"( {4})* {1,3}[^ ]", line):
            problems.append(f"{path}:{number}: indentation is no multiple of four")
        if re.search(r"= '[^\"]*',?$", line):
            problems.append(f"{path}:{number}: single quotes")
    if text and not text.endswith("\n"):
        problems.append(f"{path}: no newline at the end")
    if not path.endswith(".bzl"):
        problems += [f"{path}:{line}: {what}" for line, what in list_problems(text)]
    return problems


def main():
    problems = []
    for path in tree.files("BUILD", "WORKSPACE", ".bzl", ".bazel"):
        problems += file_problems(str(path), tree.read(path))
    return tree.report("build files", problems)


if __name__ == "__main__":
    sys.exit(main())
