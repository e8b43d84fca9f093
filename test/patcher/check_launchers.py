#!/usr/bin/env python3
"""Launchers that `chestnut wrap` made, from the outside.

Usage: check_launchers.py CHESTNUT
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from round_trips import ROOT, allow_all

GETPID, GETPPID = "39", "110"
NOT_INSTALLED, NOT_FOUND = 125, 127


class Launchers:
    """One program and what is put around it."""

    def __init__(self, chestnut, folder):
        self.chestnut, self.folder = chestnut, folder
        self.program, self.launcher = folder / "call", folder / "launcher"
        self.problems = []
        source = ROOT / "test/sandbox/victims/call.c"
        subprocess.run(["gcc", "-O1", source, "-o", self.program], check=True)
        policy = json.loads(allow_all(folder).read_text())
        policy["program"] = "call"
        policy["calls"] = [call for call in policy["calls"] if call["name"] != "getpid"]
        self.policy = folder / "call.json"
        self.policy.write_text(json.dumps(policy))

    def expect(self, what, command, status, text=""):
        """Runs the command; text is what its errors have to contain, or be empty."""
        environment = {**os.environ, "DPKG_ADMINDIR": str(self.folder)}
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                              env=environment)
        if done.returncode != status or text not in done.stderr or (not text and done.stderr):
            self.problems.append(f"{what}: status {done.returncode}: {done.stderr}")

    def wrap(self, *options):
        self.expect("wrap " + " ".join(map(str, options)),
                    [self.chestnut, "wrap", "--policy", self.policy, self.program, *options], 0)

    def check_filter(self):
        self.wrap("-o", self.launcher)
        self.expect("an allowed call", [self.launcher, GETPPID], 0)
        self.expect("a denied call", [self.launcher, GETPID], -signal.SIGSYS)
        self.expect("the note", [self.chestnut, "diff", self.policy, self.launcher], 0)
        stripped = self.folder / "stripped"
        self.expect("strip", ["strip", "-o", stripped, self.launcher], 0)
        self.expect("stripped", [stripped, GETPID], -signal.SIGSYS)

    def check_binding(self):
        self.wrap("--digest", "-o", self.launcher)
        self.expect("the same file", [self.launcher, GETPID], -signal.SIGSYS)
        with self.program.open("ab") as file:
            file.write(b"\0")
        self.expect("another file", [self.launcher, GETPPID], NOT_INSTALLED, "is not the file that the policy was made for")
        self.wrap("-o", self.launcher)
        self.program.rename(self.folder / "elsewhere")
        self.expect("no file", [self.launcher, GETPPID], NOT_FOUND, "the program is not run")
        (self.folder / "elsewhere").rename(self.program)

    def check_refusals(self):
        wrap = [self.chestnut, "wrap", "--policy", self.policy, self.program]
        self.expect("onto itself", [*wrap, "-o", self.program], 2, "is the program itself")
        self.expect("no output", wrap, 2, "say where the launcher goes")
        self.expect("a wrong second policy", [*wrap, "--exec-policy", self.policy, "-o", self.launcher], 2,
                    "one for install point exec")
        self.expect("twice", [self.chestnut, "wrap", "--force", "--policy", self.policy, self.launcher, "-o",
                              self.folder / "twice"], 2, "has a filter by itself")

    def check_installing(self):
        """As dpkg does it, with a database of its own."""
        for name in ("diversions", "status"):
            (self.folder / name).touch()
        (self.folder / "info").mkdir()
        before = self.program.read_bytes()
        self.wrap("--install")
        self.expect("installed", [self.program, GETPID], -signal.SIGSYS)
        self.expect("installed", [self.program, GETPPID], 0)
        self.expect("again", [self.chestnut, "wrap", "--policy", self.policy, self.program, "--install"], 2,
                    "is there already")
        self.expect("uninstall", [self.chestnut, "wrap", self.program, "--uninstall"], 0)
        if self.program.read_bytes() != before:
            self.problems.append("--uninstall leaves another file")
        self.expect("uninstall again", [self.chestnut, "wrap", self.program, "--uninstall"], 2, "is not a launcher")


def main():
    with tempfile.TemporaryDirectory() as folder:
        launchers = Launchers(os.path.abspath(sys.argv[1]), pathlib.Path(folder))
        launchers.check_filter()
        launchers.check_binding()
        launchers.check_refusals()
        if shutil.which("dpkg-divert") and os.geteuid() == 0:
            launchers.check_installing()
    for problem in launchers.problems:
        print("FAILED", problem)
    sys.exit(bool(launchers.problems))


if __name__ == "__main__":
    main()
