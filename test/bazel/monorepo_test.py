#!/usr/bin/env python3
"""A generated repository of many libraries: what a change in one leaf redoes.

Usage: monorepo_test.py BUILD [LIBRARIES PROGRAMS], BUILD the folder of a CMake
build. With both numbers (2000 50) it also says how long each step took.
"""

import sys
import time

from workspace import ROOT, Workspace

sys.path.insert(0, str(ROOT / "bench"))
import monorepo  # noqa: E402


class Failed(Exception):
    """What was expected and what came."""


def expect(want, got, what):
    if want != got:
        raise Failed(f"{what}: {got} and not {want}")


def count(actions, begin):
    return len([action for action in actions if action.startswith(begin)])


class Repository:
    def __init__(self, work, libraries, programs):
        self.work, self.libraries, self.programs = work, libraries, programs
        monorepo.write_workspace(work.folder, libraries, programs)

    def build(self, what):
        begin = time.monotonic()
        ran = self.work.actions("//programs:all")
        print(f"{what}: {len(ran)} actions, {time.monotonic() - begin:.0f} s", flush=True)
        return ran

    def linking(self, group):
        """The programs that a library of the group is part of."""
        groups = self.libraries // monorepo.GROUP
        return [f"//programs:program{number}" for number in range(self.programs)
                if group in (0, number % groups)]

    def change(self, library, call):
        unit = library * monorepo.UNITS + 2
        self.work.edit(f"lib{library}/unit{unit}.c", "  return value", f"  value += {call};\n  return value")
        return f"lib{library}/unit{unit}.c"


def check(work, libraries, programs):
    repository = Repository(work, libraries, programs)
    ran = repository.build("everything")
    # The units, the registry, and main of each program.
    expect(libraries * monorepo.UNITS + 1 + programs, count(ran, "Reading facts of "), "units read")
    expect(programs, count(ran, "Analysing "), "programs analysed")
    expect(0, len(repository.build("nothing changed")), "actions without a change")

    leaf = libraries - 1
    users = repository.linking(leaf // monorepo.GROUP)
    expect(True, 0 < len(users) < programs, "a leaf that some programs link")
    source = repository.change(leaf, "(int)getpgid(0)")
    ran = repository.build("a leaf changed")
    expect([f"Compiling {source}"], [a for a in ran if a.startswith("Compiling ")], "compiled")
    expect(1, count(ran, "Reading facts of "), "units read")
    expect(sorted(f"Analysing {user}" for user in users), [a for a in ran if a.startswith("Analysing ")], "analysed")
    for number in range(programs):
        name = f"programs/program{number}"
        expect(f"//programs:program{number}" in users, "getpgid" in work.calls(name), f"getpgid in {name}")


def main():
    numbers = [int(word) for word in sys.argv[2:4]] or [2 * monorepo.GROUP, 4]
    work = Workspace(sys.argv[1], "monorepo")
    try:
        check(work, *numbers)
    finally:
        work.close()


if __name__ == "__main__":
    main()
