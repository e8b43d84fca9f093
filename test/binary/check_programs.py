#!/usr/bin/env python3
"""Holds what programs do against the policies that `chestnut analyze` makes.

Each command of workloads.py runs three times: as it is; under strace, where
every call of it must be in its policy with install point exec; and under its
policy with install point entry, enforced with kill, where output and status
must be the same. A program that is not installed is passed over and counted.

check_programs.py CHESTNUT [--all] [--no-run] [--by=run|patch|wrap] [PROGRAM...]

--by says what puts the entry policy in force: `chestnut run`, the program patched
with it, or a launcher around the program.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "eval")]
import tracing  # noqa: E402
import workloads  # noqa: E402

CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?([a-z0-9_]+)[( ]")


class Program:
    """A program's policies, made once."""

    def __init__(self, chestnut, path, folder):
        self.path = path
        self.policies = {}
        self.calls = {}
        self.error = ""
        # Two programs may have one name.
        self.folder = os.path.join(folder, "of" + path.replace("/", "-"))
        os.mkdir(self.folder)
        for point in ("exec", "entry"):
            policy = os.path.join(self.folder, point)
            made = subprocess.run(
                [chestnut, "analyze", path, "--at", point, "--exact",
                 "-o", policy],
                capture_output=True, text=True)
            if made.returncode != 0:
                self.error = (made.stderr.strip().splitlines() or ["?"])[0]
                self.status = made.returncode
                return
            names = subprocess.run(
                [chestnut, "show", "--format", "names", policy],
                capture_output=True, text=True, check=True)
            self.policies[point] = policy
            self.calls[point] = set(names.stdout.split())
        self.status = 0

    def confined(self, chestnut, way):
        """The command that runs the program under its entry policy."""
        policy = self.policies["entry"]
        if way == "run":
            return [chestnut, "run", "--policy", policy, "--", self.path]
        made = os.path.join(self.folder, os.path.basename(self.path))
        if not os.path.exists(made):
            subprocess.run([chestnut, way, "--policy", policy, self.path, "-o", made],
                           check=True)
        return [made]


def own_calls(trace):
    """Names of the calls of the program itself in strace's output: what another
    program does that it executes, and whom that one starts, has a policy of its
    own."""
    lines = trace.splitlines()
    foreign = tracing.foreign_from(lines)
    names = set()
    for index, line in enumerate(lines):
        match = CALL.match(line)
        if match and index < foreign.get(match.group(1), len(lines)):
            names.add(match.group(2))
    return names


def run(command, folder):
    """Runs in a fresh copy of the prepared folder."""
    work = tempfile.mkdtemp(dir=folder)
    place = os.path.join(work, "w")
    os.mkdir(place)
    workloads.prepare(place)
    environment = {"PATH": os.environ["PATH"], "HOME": place,
                   "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, cwd=place, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=120)
        text = (done.stdout + done.stderr).replace(work.encode(), b"")
        return done.returncode, text
    except subprocess.TimeoutExpired:
        return 124, b""
    finally:
        shutil.rmtree(work)


def check(chestnut, program, arguments, folder, way):
    """Problems with one command, as lines; `way` is None to enforce nothing."""
    problems = []
    plain = run([program.path] + arguments, folder)
    trace = os.path.join(folder, "trace")
    run(["strace", "-f", "-qq", "-o", trace, program.path] + arguments, folder)
    with open(trace, encoding="utf-8", errors="replace") as file:
        traced = file.read()
    seen = own_calls(traced)
    missing = seen - program.calls["exec"]
    if missing:
        problems.append("seen and not allowed: " + " ".join(sorted(missing)))
    # A program that runs others gives them its filter.
    executes = len(re.findall(r"^\d+ +execve\(", traced, re.M)) > 1
    if way and not executes:
        command = program.confined(chestnut, way)
        status, text = run(command + arguments, folder)
        # By its own name a program calls itself in messages.
        confined = status, text.replace(command[0].encode(), program.path.encode())
        if confined != plain:
            problems.append(
                f"under its policy: status {confined[0]} instead of "
                f"{plain[0]}: {confined[1][-80:]!r} {plain[1][-80:]!r}")
    return problems


def built(folder, everything):
    """Programs of test/drift/programs, made by the system's compilers: the lines
    of their commands. What they do no program of Debian is sure to: threads that
    are cancelled, abort, signals, exceptions, static glibc."""
    sources = os.path.join(HERE, "..", "drift", "programs")
    lines = []
    for source in sorted(os.listdir(sources)):
        for kind in ("", "-static"):
            if not everything and source + kind not in workloads.BUILT_SUBSET:
                continue
            name, extension = os.path.splitext(source)
            program = os.path.join(folder, name + kind)
            compiler = ["g++", "-std=c++20"] if extension == ".cc" else ["gcc"]
            subprocess.run(compiler + ["-O1", "-w", "-pthread", kind or "-pie",
                                       os.path.join(sources, source), "-o",
                                       program], check=True,
                           stderr=subprocess.DEVNULL)
            lines.append(program)
    return lines


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    chestnut = os.path.abspath(arguments[0])
    only = set(arguments[1:])
    text = workloads.ALL if "--all" in sys.argv else workloads.SUBSET
    ways = [a[len("--by="):] for a in sys.argv if a.startswith("--by=")]
    way = None if "--no-run" in sys.argv else (ways or ["run"])[-1]
    folder = tempfile.mkdtemp(prefix="chestnut-binary-")
    programs, failed, incomplete, absent, done = {}, 0, set(), set(), 0
    try:
        lines = text.split("\n") + built(folder, "--all" in sys.argv)
        for line in lines:
            words = shlex.split(line)
            if not words or (only and os.path.basename(words[0]) not in only):
                continue
            path = shutil.which(words[0], path="/usr/sbin:/usr/bin:/sbin:/bin")
            if path is None:
                absent.add(words[0])
                continue
            if path not in programs:
                programs[path] = Program(chestnut, path, folder)
                program = programs[path]
                if program.status == 0:
                    print(f"{words[0]}: {len(program.calls['entry'])} calls, "
                          f"exec {len(program.calls['exec'])}", flush=True)
                elif path.startswith(folder):
                    # Nothing in it is open but what Chestnut has to know.
                    failed += 1
                    print(f"FAILED {line}: {program.error}", flush=True)
                else:
                    incomplete.add(words[0])
                    print(f"{words[0]}: not analysed: {program.error}",
                          flush=True)
            program = programs[path]
            if program.status != 0:
                continue
            done += 1
            for problem in check(chestnut, program, words[1:], folder, way):
                failed += 1
                print(f"FAILED {line}: {problem}", flush=True)
    finally:
        shutil.rmtree(folder)
    counts = [len(p.calls["entry"]) for p in programs.values() if p.status == 0]
    print(f"{done} commands of {len(counts)} programs, mean "
          f"{sum(counts) / max(1, len(counts)):.1f} calls, {failed} failed; "
          f"{len(incomplete)} not complete, {len(absent)} not installed")
    return 1 if failed or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
