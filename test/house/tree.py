"""The files of the tree, for the checks in this folder."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes):
    """Returns the tree's files, new ones too, relative to ROOT and sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = sorted({pathlib.Path(name) for name in listed.split("\0") if name})
    return [p for p in paths
            if (ROOT / p).is_file() and (not suffixes or p.name.endswith(suffixes))]


def read(path):
    """Returns the text of a file of the tree."""
    return (ROOT / path).read_text(encoding="utf-8")


def report(check, problems):
    """Prints the problems, one a line; returns the exit status."""
    for problem in problems:
        print(f"{check}: {problem}")
    return 1 if problems else 0
