#!/usr/bin/env python3
"""Patches the system's programs with a policy that allows everything and looks for a difference.

Usage: round_trips.py CHESTNUT [--all] [PROGRAM...]

Of every program: what --version and --help print and end with, before and after; what readelf and
eu-elflint say of it; that --remove gives back every byte; that the loader accepts it; that it still
runs after strip. They run as nobody, without capabilities, in namespaces of their own, everything
read-only, and bounded in time. Without --all every 25th is tried. Needs root, for the namespaces.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/lib/git-core")
STEP = 25
SECONDS = 20
WORKERS = 2
REPETITIONS = 5
ROOT = pathlib.Path(__file__).resolve().parents[2]
CALL = re.compile(r'^CHESTNUT_SYSCALL\((\d+), "(\w+)"', re.MULTILINE)
# Programs that are not even asked for their version, and why.
SKIPPED = {
    **dict.fromkeys(("halt", "init", "poweroff", "reboot", "runlevel", "shutdown", "telinit"),
                    "ends the system"),
    **dict.fromkeys(("fstab-decode", "killall5", "pkill", "skill", "slay", "sulogin"),
                    "acts on all processes, or runs what it is given"),
}
# Refusals that are right, by what they say.
EXPECTED_REFUSALS = ("is set-uid", "is set-gid", "is given capabilities",
                     "bytes follow its ELF contents", "carries its own policy",
                     "is a shared library", "only 64-bit x86-64 is supported")
# What eu-elflint says of notes of owners that it does not know, and of relocations of .data (which is
# writable) once sections no longer stand in the order of their addresses, as with patchelf.
KNOWN_COMPLAINTS = ("unknown object file note type", "read-only section modified but text relocation flag")

# Run as root in fresh namespaces: $1 is what to mount over the program $2, or the program itself.
ENCLOSED = r"""
set -e
mount --make-rprivate /
[ "$1" = "$2" ] || mount --bind "$1" "$2"
mount -o remount,bind,ro /
[ "$1" = "$2" ] || mount -o remount,bind,ro "$2"
for folder in /tmp /var/tmp /dev/shm /run; do mount -t tmpfs -o size=16m none "$folder"; done
cd /
exec timeout -k 1 "$4" setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
  --bounding-set=-all env -i PATH=/usr/sbin:/usr/bin HOME=/nonexistent LC_ALL=C "$2" "$3"
"""


def allow_all(folder):
    """Writes a policy that allows every call, and returns its path."""
    table = (ROOT / "syscalls/x86_64.inc").read_text()
    calls = [{"name": name, "number": int(number)} for number, name in CALL.findall(table)]
    policy = {"schema_version": "1.0", "architecture": "x86_64", "program": "any", "install_point": "entry",
              "mode": "kill", "max_known": max(call["number"] for call in calls), "incomplete": [],
              "modules": [], "calls": sorted(calls, key=lambda call: call["number"]), "startup_calls": []}
    path = folder / "all.json"
    path.write_text(json.dumps(policy))
    return path


def programs(everything):
    """Yields the ELF files of the folders, each file once."""
    seen = set()
    for folder in FOLDERS:
        for path in sorted(pathlib.Path(folder).iterdir()):
            status = path.stat() if path.exists() else None
            if path.is_symlink() or status is None or not path.is_file() or status.st_ino in seen:
                continue
            seen.add(status.st_ino)
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def enclosed(program, file, argument):
    """Returns (status, output, errors) of `program argument`, with `file` in its place."""
    command = ["unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child", "--mount-proc",
               "sh", "-c", ENCLOSED, "sh", str(file), str(program), argument, str(SECONDS)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def complaints(command, file):
    """Returns the distinct lines in which a reader of ELF files complains, without their numbers."""
    done = subprocess.run(command + [str(file)], capture_output=True, text=True, errors="replace", check=False)
    text = done.stderr if command[0] == "readelf" else done.stdout
    lines = (line.replace(str(file), "FILE") for line in text.splitlines())
    return {re.sub(r"\d+|0x[0-9a-f]+", "N", line) for line in lines
            if line != "No errors" and not any(known in line for known in KNOWN_COMPLAINTS)}


class Trip:
    """One program there and back."""

    def __init__(self, chestnut, policy, program, folder):
        self.chestnut, self.policy, self.program = chestnut, policy, program
        self.patched = folder / program.name
        self.folder = folder
        self.problems = []

    def run(self):
        """Returns (outcome, problems): "patched", or the reason why not."""
        done = subprocess.run([self.chestnut, "patch", "--force", "--policy", self.policy, self.program,
                               "-o", self.patched], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            reason = next((reason for reason in EXPECTED_REFUSALS if reason in done.stderr), None)
            return ("refused: " + reason, []) if reason else ("refused", [done.stderr.strip()])
        self.growth = self.patched.stat().st_size - self.program.stat().st_size
        self.compare_runs()
        self.compare_complaints()
        self.check_loader()
        self.check_strip()
        self.check_removal()
        return "patched", self.problems

    def compare(self, what, file, argument):
        """Runs `file` in the program's place; what differs from one run to the next says nothing."""
        seen = [enclosed(self.program, self.program, argument)]
        after = enclosed(self.program, file, argument)
        while after not in seen and len(seen) < REPETITIONS:
            seen.append(enclosed(self.program, self.program, argument))
            after = enclosed(self.program, file, argument)
        if after not in seen and len(set(seen)) == 1:
            self.problems.append(f"{what} {argument}: {seen[0]} became {after}")

    def compare_runs(self):
        if self.program.name not in SKIPPED:
            self.compare("patched", self.patched, "--version")
            self.compare("patched", self.patched, "--help")

    def compare_complaints(self):
        for command in (["readelf", "-aW"], ["eu-elflint", "--gnu-ld"]):
            more = complaints(command, self.patched) - complaints(command, self.program)
            self.problems += [f"{command[0]}: {line}" for line in sorted(more)]

    def check_loader(self):
        loader = "/lib64/ld-linux-x86-64.so.2"
        verdicts = [subprocess.run([loader, "--verify", file], check=False).returncode
                    for file in (self.program, self.patched)]
        if verdicts[0] != verdicts[1]:
            self.problems.append(f"ld.so --verify: {verdicts[0]} became {verdicts[1]}")

    def check_strip(self):
        """A stripped one still runs, or strip says that it cannot."""
        stripped = self.folder / "stripped"
        done = subprocess.run(["strip", "-o", stripped, self.patched], capture_output=True, check=False)
        if done.returncode == 0 and self.program.name not in SKIPPED:
            self.compare("stripped", stripped, "--version")

    def check_removal(self):
        removed = self.folder / "removed"
        subprocess.run([self.chestnut, "patch", "--remove", self.patched, "-o", removed], check=True)
        if removed.read_bytes() != self.program.read_bytes():
            self.problems.append("--remove gives other bytes")


def trip(chestnut, policy, program):
    """Returns (program, outcome, problems, growth)."""
    with tempfile.TemporaryDirectory() as folder:
        one = Trip(chestnut, policy, program, pathlib.Path(folder))
        try:
            outcome, problems = one.run()
        except (OSError, subprocess.SubprocessError) as error:
            outcome, problems = "failed", [str(error)]
        return program, outcome, problems, getattr(one, "growth", 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("chestnut")
    parser.add_argument("programs", nargs="*", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        print("skipped: namespaces need root")
        return
    chosen = arguments.programs or list(programs(arguments.all))[::1 if arguments.all else STEP]
    counts = collections.Counter()
    growths = []
    bad = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        policy = allow_all(pathlib.Path(folder))
        for program, outcome, problems, growth in pool.map(
                lambda program: trip(os.path.abspath(arguments.chestnut), policy, program), chosen):
            counts[outcome] += 1
            growths.append(growth)
            bad += bool(problems)
            for problem in problems:
                print(f"{program}: {problem}", flush=True)
    for outcome, count in sorted(counts.items()):
        print(f"{outcome}: {count}")
    print(f"different: {bad}; growth at most {max(growths, default=0)} bytes")
    sys.exit(bad != 0 or counts["patched"] == 0)


if __name__ == "__main__":
    main()
