#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a built tree.

Usage: tidy.py BUILD [-j N] [--quick] [FILE...]

A source is looked at again only when it, a header that it includes, its flags,
.clang-tidy or clang-tidy itself have changed since it was last clean; the
user's cache folder remembers that by their content, for every clone.

The whole tree takes more than the short run has when nothing is remembered:
--quick then looks at what the previous commit or the working tree changes and
at some of the others, and says how many it leaves.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIDY = "clang-tidy-19"
# What two cores do in half of the short run's budget.
QUICK_LIMIT = 16


def output(*command):
    """Returns what a command prints."""
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def sources(build):
    """Returns (path from ROOT, entry) of each source in the tree, sorted; what
    clang-tidy reads, which assembly is not."""
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if path.suffix in (".c", ".cc") and path.is_relative_to(ROOT) and not path.is_relative_to(build):
            entries.setdefault(path.relative_to(ROOT), entry)
    return sorted(entries.items())


def changed_files():
    """Returns the paths that differ from the previous commit."""
    earlier = output("git", "rev-list", "--max-count=2", "HEAD").split()[1:]
    names = output("git", "diff", "--name-only", *(earlier or ["HEAD"]))
    names += output("git", "ls-files", "--others", "--exclude-standard")
    return {pathlib.Path(name) for name in names.splitlines()}


def dependencies(build):
    """Returns the files that each object of the build was made of."""
    result = {}
    for line in output("ninja", "-C", str(build), "-t", "deps").splitlines():
        if line.startswith("    "):
            files.append(line.strip())
        elif ": #deps" in line:
            files = result.setdefault(line.split(": #deps")[0], [])
    return result


class Memory:
    """Which sources were clean, by the content of all that they are made of."""

    def __init__(self, build):
        cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
        self.folder = pathlib.Path(cache, "chestnut", "tidy")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.build = build
        self.inputs = dependencies(build)
        self.digests = {}
        self.common = output(TIDY, "--version") + "".join(
            (ROOT / name).read_text() for name in output("git", "ls-files", "*.clang-tidy").split())

    def _anywhere(self, text):
        """Takes the names of this clone out of a command or path."""
        return text.replace(str(self.build), "BUILD").replace(str(ROOT), "ROOT")

    def _digest(self, path):
        if path not in self.digests:
            self.digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self.digests[path]

    def mark(self, entry):
        """Returns the file that stands for a clean source, None if it was never built."""
        words = shlex.split(entry["command"])
        made = words[words.index("-o") + 1]
        if made not in self.inputs:
            return None
        digest = hashlib.sha256(self.common.encode())
        digest.update(self._anywhere(entry["command"]).encode())
        for name in self.inputs[made]:
            path = pathlib.Path(self.build, name)
            digest.update(f"\n{self._anywhere(str(path))} {self._digest(path)}".encode())
        return self.folder / digest.hexdigest()


def plan(stale, quick):
    """Returns which of the sources to look at now."""
    if not quick:
        return stale
    changed = changed_files()
    first = [item for item in stale if item[0] in changed]
    return first + [item for item in stale if item[0] not in changed][:QUICK_LIMIT]


def check(path, mark, build):
    """Returns None if the source is clean, otherwise clang-tidy's words."""
    done = subprocess.run([TIDY, "--quiet", "-p", str(build), str(ROOT / path)], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        return done.stdout + done.stderr
    if mark is not None:
        mark.touch()
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("files", type=pathlib.Path, nargs="*", metavar="FILE",
                        help="only these; all by default")
    parser.add_argument("-j", dest="jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_intermixed_args()
    build = options.build.resolve()
    memory = Memory(build)
    wanted = {path.resolve() for path in options.files}
    everything = [(path, memory.mark(entry)) for path, entry in sources(build)
                  if not wanted or ROOT / path in wanted]
    stale = [item for item in everything if item[1] is None or not item[1].exists()]
    runs = plan(stale, options.quick)
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda item: (item[0], check(*item, build)), runs)
        for path, words in results:
            if words is not None:
                failures += 1
                print(f"{path}\n{words}", flush=True)
    print(f"clang-tidy: of {len(everything)} sources {len(everything) - len(stale)} were clean "
          f"before, {len(runs)} are looked at, {failures} of them with findings; "
          f"{len(stale) - len(runs)} left to a whole run")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
