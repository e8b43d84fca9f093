#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a compilation database.

Usage: tidy.py BUILD [-j N] [--quick]

A source is looked at again only when its preprocessed text, its flags or
.clang-tidy have changed since it was last clean; BUILD/tidy/ remembers.

The whole tree takes more than the short run has: with --quick only the sources
are looked at that the previous commit or the working tree changes.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIDY = "clang-tidy-19"


def git(*arguments):
    """Returns the lines that git prints."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True,
                          text=True).stdout.splitlines()


def sources(build):
    """Returns (path from ROOT, command) of each source in the tree, sorted."""
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(ROOT) and not path.is_relative_to(build):
            entries.setdefault(path.relative_to(ROOT), entry)
    return sorted(entries.items())


def changed_files():
    """Returns the paths that differ from the previous commit."""
    base = "HEAD~1" if git("rev-list", "--max-count=2", "HEAD")[1:] else "HEAD"
    names = git("diff", "--name-only", base) + git("ls-files", "--others", "--exclude-standard")
    return {pathlib.Path(name) for name in names}


def preprocess(entry):
    """Returns what the compiler prints for the entry when it only preprocesses."""
    command = shlex.split(entry["command"])
    at = command.index("-o")
    del command[at:at + 2]
    command.remove("-c")
    return subprocess.run(command + ["-E"], cwd=entry["directory"], check=True,
                          capture_output=True).stdout


def plan(build, quick):
    """Returns (path, entry) of each source to look at."""
    changed = changed_files() if quick else None
    return [(path, entry) for path, entry in sources(build)
            if changed is None or path in changed]


def check(path, entry, build, memory):
    """Returns None if the source is clean, otherwise clang-tidy's words."""
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    digest.update(repr(entry["command"]).encode())
    digest.update(preprocess(entry))
    mark = memory / digest.hexdigest()
    if mark.exists():
        return None
    done = subprocess.run([TIDY, "--quiet", "-p", str(build), str(ROOT / path)], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        return done.stdout + done.stderr
    mark.touch()
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-j", dest="jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    build = options.build.resolve()
    memory = build / "tidy"
    memory.mkdir(exist_ok=True)
    runs = plan(build, options.quick)
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda item: (item[0], check(*item, build, memory)), runs)
        for path, words in results:
            if words is not None:
                failures += 1
                print(f"{path}\n{words}")
    print(f"clang-tidy: {len(runs)} sources, {failures} with findings")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
