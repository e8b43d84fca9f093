#!/usr/bin/env python3
"""For programs built by the drop-in compiler, what their source needs is no more
than what their code is read to need: where it is, one of the two is wrong.

check_subset.py BIN [--all] [PROGRAM...]

Each program of test/drift/programs is built with each libc, its own policy held
against that of `chestnut analyze --at main --exact` of the file without its note.
Without --all: those of SUBSET, with dynamic glibc.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "..", "drift", "programs")
SUBSET = ["copy.c", "classes.cc"]
# Debian has no libstdc++ for musl. Static glibc programs bring all of it along.
KINDS = {
    "glibc": [],
    "glibc -O0 -no-pie": ["-O0", "-fno-pie", "-no-pie"],
    "static glibc": ["-static"],
    "musl": ["--chestnut-libc=musl", "-static"],
}
# musl 1.2.3 has no preadv2, getcontext, renameat2,
# and no malloc_trim, pthread_cond_clockwait.
NOT_WITH_MUSL = ["copy.c", "children.c", "files.c", "sorting.c", "threads.c"]
# Known gaps. The code behind exit_group(2) in musl's _Exit is dead to who reads
# the code, and not to who reads the source. libc.a opens libraries for iconv, whose module brings the dynamic
# libc and its loader. A link takes them in. `analyze` of a file does not know
# which functions of libc.a are there, and takes them in for the name service
# only; before main a static program has made their constructors' calls itself.
ONLY_BY_SOURCE = {"static glibc": ("setitimer:", "fcntl, argument 1:"), "musl": ("exit:",)}


def run(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)


def calls(policy):
    return {call["name"]: {(a["index"], a["width"]): set(a["values"])
                           for a in call.get("arguments", [])}
            for call in policy["calls"]}


def ways(policy, name):
    """A witness, for people."""
    for call in policy["calls"]:
        if call["name"] == name:
            return " <- ".join(f"{step['function']} {step.get('place', '')}"
                               for step in reversed(call["witness"]))
    return ""


def compare(source, binary):
    """What the source policy allows and the binary policy does not."""
    ours, theirs = calls(source), calls(binary)
    found = []
    for name, rules in sorted(ours.items()):
        if name not in theirs:
            found.append(f"{name}: {ways(source, name)}")
            continue
        for place, values in theirs[name].items():
            more = rules.get(place, {"any"}) - values
            if more:
                found.append(f"{name}, argument {place[0]}: {sorted(more)}: "
                             f"{ways(source, name)}")
    return found


def check(tools, source, flags, folder):
    """Problems as lines, and how many calls each side has."""
    chestnut = os.path.join(tools, "chestnut")
    compiler = os.path.join(tools, "chestnut-c++" if source.endswith(".cc")
                            else "chestnut-cc")
    program = os.path.join(folder, "program")
    made = run([compiler, "--chestnut-exact", "-O1", "-w", "-pthread"] +
               (["-std=c++20"] if source.endswith(".cc") else []) + flags +
               [os.path.join(PROGRAMS, source), "-o", program])
    if made.returncode != 0:
        return [made.stderr.strip()], ""
    own = json.loads(run([chestnut, "show", "--format", "json",
                          program]).stdout)
    stripped = os.path.join(folder, "stripped")
    # Without its symbols nobody finds main in a static program.
    what = "--strip-debug" if "-static" in flags else "--strip-all"
    run(["strip", what, "--remove-section=.note.chestnut", "-o", stripped, program])
    made = run([chestnut, "analyze", stripped, "--at", "main", "--exact",
                "--format", "json"])
    if made.returncode not in (0, 3):
        return [made.stderr.strip()], ""
    read = json.loads(made.stdout)
    incomplete = ", the binary's incomplete" if made.returncode else ""
    return (compare(own, read), f"{len(own['calls'])} calls by source, "
            f"{len(read['calls'])} by code{incomplete}")


def main():
    arguments = [a for a in sys.argv[1:] if a != "--all"]
    everything = "--all" in sys.argv
    tools = os.path.abspath(arguments[0])
    failed = done = 0
    for source in arguments[1:] or (sorted(os.listdir(PROGRAMS)) if everything
                                    else SUBSET):
        for kind, flags in KINDS.items():
            if kind == "musl" and (source.endswith(".cc") or
                                   source in NOT_WITH_MUSL):
                continue
            if not everything and kind != "glibc":
                continue
            with tempfile.TemporaryDirectory() as folder:
                problems, counts = check(tools, source, flags, folder)
            known = ONLY_BY_SOURCE.get(kind)
            problems = [line for line in problems if not (known and line.startswith(known))]
            done += 1
            failed += bool(problems)
            print(f"{source}, {kind}: {counts or 'not built'}", flush=True)
            for problem in problems:
                print(f"FAILED {source}, {kind}: {problem}", flush=True)
    print(f"{done} programs, {failed} with calls that only the source has")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
