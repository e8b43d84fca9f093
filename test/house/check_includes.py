#!/usr/bin/env python3
"""Holds every #include against the table of rooms in docs/design.md."""

import re
import sys

import tree

ALL = None
# The currencies: headers that every room may include.
CURRENCIES = ("facts/", "policy/always.h", "policy/model.h", "policy/json.h", "support/")
# Room -> prefixes of what it may include besides itself and the currencies.
MAY_USE = {
    "support": (),
    "facts": (),
    "syscalls": (),
    "frontend": ("syscalls/",),
    "binalyzer": ("syscalls/",),
    "callgraph": ("syscalls/",),
    # The filter must answer the canary that the runtime sends.
    "policy": ("syscalls/", "runtime/canary.h"),
    "report": ("policy/", "syscalls/"),
    "runtime": (),
    "driver": ALL,
    "finalyzer": ("policy/", "syscalls/", "runtime/start.h"),
    # Stub and launcher take the runtime's steps.
    "patcher": ("policy/", "binalyzer/elf", "runtime/"),
    "cli": ALL,
    "test": ALL,
    "bench": ALL,
    "eval": ALL,
    "e2e": (),
}
# Room -> system headers it must not see, and why.
NEVER = {
    "support": (r"(clang|llvm)/|elf\.h|gelf\.h", "support knows no formats"),
    "facts": (r"(clang|llvm)/|elf\.h|gelf\.h", "facts know neither clang nor ELF"),
    "frontend": (r"elf\.h|llvm/Object/", "the frontend knows no ELF"),
    "binalyzer": (r"clang/", "the Binalyzer knows no clang"),
    "callgraph": (r"(clang|llvm)/|elf\.h|gelf\.h|flatbuffers/", "the call graph knows no file formats"),
    "policy": (r"(clang|llvm)/", "policies know no compiler"),
    "runtime": (r"(stdio|stdlib|malloc|locale|wchar)\.h|[^.]*$", "the runtime is C without stdio and malloc"),
}
# Rooms that even the currencies are closed to.
STANDS_ALONE = ("support", "runtime")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def room_problem(room, header):
    """Returns what is wrong with room including the project's header, or None."""
    other = header.split("/")[0]
    allowed = MAY_USE[room]
    if other == room or allowed is ALL:
        return None
    if room in STANDS_ALONE:
        return f"{room}/ must stand alone but includes {header}"
    if header.startswith(CURRENCIES + allowed):
        return None
    return f"{room}/ may not include {header}"


def file_problems(path, text):
    """Returns the problems of one file, given by its path from the root."""
    room = path.split("/")[0]
    problems = []
    if room not in MAY_USE:
        return [f"{path}: the folder {room}/ is no room; add it to docs/design.md and this table"]
    is_test = re.search(r"_(test|fuzz|bench)\.(cc|c)$", path) is not None
    for match in INCLUDE.finditer(text):
        quoted, system = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if quoted and quoted.split("/")[0] in MAY_USE:
            problem = room_problem(room, quoted)
            if problem:
                problems.append(f"{path}:{line}: {problem}")
        header = system or quoted
        pattern, reason = NEVER.get(room, (r"$^", ""))
        if not is_test and re.match(pattern, header):
            problems.append(f"{path}:{line}: includes {header}, but {reason}")
    return problems


def main():
    problems = []
    for path in tree.files(".h", ".c", ".cc", ".S"):
        if path.parts[0] in MAY_USE or path.suffix == ".cc":
            problems += file_problems(str(path), tree.read(path))
    return tree.report("includes", problems)


if __name__ == "__main__":
    sys.exit(main())
