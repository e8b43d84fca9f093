#!/usr/bin/env python3
"""Does what a guide says: every `$ ` line of its console blocks is run, in order,
in one folder, and must print what stands below it ("..." is anything).

check_guide.py CHESTNUT GUIDE
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile


def steps(text):
    """Yields (command, expected output) of the console blocks."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = step.partition("\n")
            yield command, output


def pattern(output):
    """A regular expression for the output: whole lines of `...` are any lines."""
    parts = []
    for line in output.splitlines(keepends=True):
        if line == "...\n":
            parts.append(r"(?:.*\n)*")
        else:
            parts.append(re.escape(line).replace(re.escape("..."), ".*"))
    return re.compile("".join(parts))


def main():
    chestnut, guide = (os.path.abspath(path) for path in sys.argv[1:])
    count = 0
    with tempfile.TemporaryDirectory(prefix="guide.") as folder:
        environment = {**os.environ, "PATH": f"{os.path.dirname(chestnut)}:{os.environ['PATH']}"}
        for command, expected in steps(pathlib.Path(guide).read_text()):
            run = subprocess.run(
                ["bash", "-c", command], cwd=folder, env=environment, text=True, timeout=200,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )
            count += 1
            if not pattern(expected).fullmatch(run.stdout):
                sys.exit(f"$ {command}\nprinted:\n{run.stdout}instead of:\n{expected}")
    if count == 0:
        sys.exit(f"{guide}: there is no command in it")
    print(f"{count} commands did what the guide says")


if __name__ == "__main__":
    main()
