#!/usr/bin/env python3
"""Holds the targets of the two builds against each other.

Every chestnut_* call in a CMakeLists.txt stands below a comment with the label
of its Bazel twin; names, sources, headers of both must agree.
"""

import ast
import re
import sys

import tree

BAZEL_RULES = {"cc_library": "library", "cc_binary": "binary", "cc_test": "test",
               "chestnut_cc_binary": "binary"}
CMAKE_CALL = re.compile(
    r"^[ \t]*(?:#[ \t]*(//\S+)[ \t]*\n)?[ \t]*chestnut_cc_(library|binary|test)\s*\(([^)]*)\)",
    re.MULTILINE)
# A library to be loaded; Bazel's twin is a cc_binary with linkshared.
CMAKE_MODULE = re.compile(r"^[ \t]*add_library\((\S+) MODULE\s+([^)]*)\)", re.MULTILINE)
KEYWORDS = ("NAME", "OUTPUT", "HDRS", "SRCS", "DEPS", "COPTS", "DATA", "ARGS", "LABELS", "CORPUS")


def cmake_name(label):
    """//room/sub:name -> room_sub_name; a name that repeats its room stands alone."""
    package, name = label[2:].split(":")
    if package.split("/")[-1] == name:
        return package.replace("/", "_")
    return package.replace("/", "_") + "_" + name


def cmake_targets(package, text):
    """Returns ({label: (kind, sources)}, problems) of one CMakeLists.txt."""
    targets, problems = {}, []
    text = re.sub(r"^[ \t]*#(?![ \t]*//).*\n", "", text, flags=re.MULTILINE)
    text = CMAKE_MODULE.sub(r"chestnut_cc_binary(NAME \1 SRCS \2)", text)
    for match in CMAKE_CALL.finditer(text):
        label, kind, body = match.groups()
        words, key, values = body.split(), None, {}
        for word in words:
            if word in KEYWORDS:
                key = word
                values.setdefault(key, [])
            elif key:
                values[key].append(word)
        name = values.get("NAME", ["?"])[0]
        if not label:
            problems.append(f"{package}/CMakeLists.txt: {name} names no Bazel label")
            continue
        if not label.startswith(f"//{package}:"):
            problems.append(f"{package}/CMakeLists.txt: {name} names {label}, of another folder")
        if cmake_name(label) != name:
            problems.append(f"{package}/CMakeLists.txt: {label} should be called {cmake_name(label)}, not {name}")
        # Generated files are made by other rules on the Bazel side.
        sources = {w for w in values.get("SRCS", []) + values.get("HDRS", []) if "$" not in w}
        targets[label] = (kind, sources)
    return targets, problems


def strings_of(node):
    """Returns the string literals of a BUILD expression."""
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def files_of(package, node):
    """Returns the file names of a srcs or hdrs expression, globs expanded."""
    if isinstance(node, ast.BinOp):
        return files_of(package, node.left) | files_of(package, node.right)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "glob":
        exclude = {s for k in node.keywords if k.arg == "exclude" for s in strings_of(k.value)}
        folder = tree.ROOT / package
        return {str(path.relative_to(folder)) for pattern in strings_of(node.args[0])
                for path in folder.glob(pattern)
                if not any(path.relative_to(folder).match(e) for e in exclude)}
    return {s for s in strings_of(node) if not s.startswith((":", "//", "@"))}


def bazel_targets(package, text):
    """Returns {label: (kind, sources)} of one BUILD file, which parses as Python."""
    targets = {}
    for statement in ast.parse(text).body:
        call = getattr(statement, "value", None)
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        kind = BAZEL_RULES.get(call.func.id)
        if not kind:
            continue
        arguments = {k.arg: k.value for k in call.keywords}
        tags = strings_of(arguments["tags"]) if "tags" in arguments else set()
        if "bazel-only" in tags:
            continue
        sources = set()
        for key in ("srcs", "hdrs"):
            if key in arguments:
                sources |= files_of(package, arguments[key])
        targets[f"//{package}:{arguments['name'].value}"] = (kind, sources)
    return targets


def compare(cmake, bazel):
    """Returns the differences between the two lists."""
    problems = [f"{label} is missing in BUILD" for label in sorted(cmake.keys() - bazel.keys())]
    problems += [f"{label} is missing in CMakeLists.txt" for label in sorted(bazel.keys() - cmake.keys())]
    for label in sorted(cmake.keys() & bazel.keys()):
        (cmake_kind, cmake_files), (bazel_kind, bazel_files) = cmake[label], bazel[label]
        if cmake_kind != bazel_kind:
            problems.append(f"{label} is a {cmake_kind} in CMake and a {bazel_kind} in Bazel")
        for file in sorted(cmake_files - bazel_files):
            problems.append(f"{label}: BUILD lacks {file}")
        for file in sorted(bazel_files - cmake_files):
            problems.append(f"{label}: CMakeLists.txt lacks {file}")
    return problems


def main():
    cmake, bazel, problems = {}, {}, []
    for path in tree.files("CMakeLists.txt", "BUILD"):
        package = "" if str(path.parent) == "." else str(path.parent)
        # e2e/ holds workspaces of their own.
        if not package or package.startswith(("third_party", "e2e")):
            continue
        if path.name == "BUILD":
            bazel.update(bazel_targets(package, tree.read(path)))
        else:
            found, wrong = cmake_targets(package, tree.read(path))
            cmake.update(found)
            problems += wrong
    return tree.report("targets", problems + compare(cmake, bazel))


if __name__ == "__main__":
    sys.exit(main())
