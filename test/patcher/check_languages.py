#!/usr/bin/env python3
"""Patched programs with a start-up code of their own: Go and Rust.

Usage: check_languages.py CHESTNUT

Says which compiler is missing and ends with status 77 if none is there.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from round_trips import ROOT, allow_all

VICTIMS = ROOT / "test/patcher/victims"
BUILDS = {
    "go": ["go", "build", "-o", "go", VICTIMS / "other_runtime.go"],
    "go-pie": ["go", "build", "-buildmode=pie", "-ldflags=-s -w", "-o", "go-pie", VICTIMS / "other_runtime.go"],
    "rust": ["rustc", "-O", "-o", "rust", VICTIMS / "other_runtime.rs"],
    "rust-static": ["rustc", "-O", "-C", "target-feature=+crt-static", "-o", "rust-static",
                    VICTIMS / "other_runtime.rs"],
}
OUTPUT = "served\n"
SKIPPED = 77


class Failed(Exception):
    """What a user relies on does not hold."""


class Programs:
    """Victims in a folder of their own, and chestnut."""

    def __init__(self, chestnut, folder):
        self.chestnut, self.folder = chestnut, folder

    def execute(self, command, status, **options):
        environment = {**os.environ, "GOCACHE": str(self.folder / "cache"), "CGO_ENABLED": "0"}
        done = subprocess.run([str(word) for word in command], cwd=self.folder, env=environment, text=True,
                              capture_output=True, check=False, timeout=300, **options)
        if done.returncode != status:
            raise Failed(f"{command}: status {done.returncode} instead of {status}: {done.stdout}{done.stderr}")
        return done

    def confine(self, name, policy):
        self.execute([self.chestnut, "patch", "--policy", policy, name, "-o", name + ".patched"], 0)
        return self.folder / (name + ".patched")

    def check_works(self, program):
        done = self.execute([program], 0)
        if done.stdout != OUTPUT or done.stderr:
            raise Failed(f"{program}: {done.stdout}{done.stderr}")

    def check_patched(self, name):
        """Its own start-up code runs under the filter; one call is not allowed."""
        policy = json.loads(allow_all(self.folder).read_text())
        policy["program"] = name
        policy["calls"] = [call for call in policy["calls"] if call["name"] != "getppid"]
        path = self.folder / (name + ".json")
        path.write_text(json.dumps(policy))
        program = self.confine(name, path)
        self.check_works(program)
        self.execute([program, "getppid"], -signal.SIGSYS)
        self.execute([self.chestnut, "patch", "--remove", program, "-o", program], 0)
        if program.read_bytes() != (self.folder / name).read_bytes():
            raise Failed(f"{name}: --remove gives other bytes")

    def check_analysed(self, name):
        """What it needs is known."""
        program = self.folder / (name + ".patched")
        self.execute([self.chestnut, "patch", name, "-o", program], 0)
        self.check_works(program)
        self.execute([self.chestnut, "explain", program, "getppid"], 0)
        refused = self.execute([self.chestnut, "explain", program, "ptrace"], 1)
        if "not allowed" not in refused.stdout + refused.stderr:
            raise Failed(refused.stdout + refused.stderr)

    def check_learned(self, name):
        """Calls that only a run can tell."""
        asked = self.execute([self.chestnut, "analyze", name, "-o", "open.json"], 3)
        places = re.findall(r"^chestnut: incomplete: ([^:]+):", asked.stderr, re.MULTILINE)
        overlay = self.folder / "overlay.json"
        overlay.write_text(json.dumps({"decisions": [
            {"place": place, "decision": "none", "reason": "its calls are learned"} for place in places]}))
        self.execute([self.chestnut, "analyze", "--overlay", overlay, name, "-o", "known.json"], 0)
        self.execute([self.chestnut, "run", "--learn", "--overlay", overlay, "--observed", "seen.json", "--",
                      self.folder / name], 0)
        self.execute([self.chestnut, "refine", "known.json", "--observed", "seen.json", "--add", "-o", "learned.json"], 0)
        program = self.confine(name, "learned.json")
        for _ in range(5):
            self.check_works(program)
        self.execute([program, "getppid"], -signal.SIGSYS)


def main():
    chestnut = pathlib.Path(sys.argv[1]).resolve()
    ran = 0
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(chestnut, pathlib.Path(folder))
        for name, build in BUILDS.items():
            if shutil.which(build[0]) is None:
                print(f"{name}: no {build[0]}")
                continue
            programs.execute(build, 0)
            programs.check_patched(name)
            if name == "rust":
                programs.check_analysed(name)
            if name == "go":
                programs.check_learned(name)
            ran += 1
            print(f"{name}: ok")
    return 0 if ran else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
