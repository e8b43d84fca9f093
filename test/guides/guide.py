"""Does what a guide in docs/ says, as somebody who types it.

A block that begins with a comment that is a file's name is that file, or is added
to it where it is there. A console block is typed: each line after
"$ ", a here-document to its END with it. What stands below a command are lines of
what it prints, in their order; `…` in a line is anything, and as a line any lines.
Each command has to succeed, or to end with 3 where it says "incomplete:".
"""

import os
import pathlib
import re
import subprocess

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:#|//|;) ([\w./-]+)\n(.*)", re.DOTALL)


class Wrong(Exception):
    """What a guide says and what happens instead."""


def typed(block):
    """Yields (command, lines below it) of a console block."""
    command, below, end = "", [], None
    for line in block.splitlines():
        if end:
            command += "\n" + line
            end = None if line == end else end
        elif line.startswith("$ "):
            if command:
                yield command, below
            command, below = line[2:], []
            here = re.search(r"<<'?(\w+)'?", command)
            end = here and here[1]
        elif line:
            below.append(line)
    if command:
        yield command, below


def steps(text):
    """Yields ("file", name, content) and ("type", command, lines below it)."""
    for language, block in FENCE.findall(text):
        if language == "console":
            for command, below in typed(block):
                yield "type", command, below
            continue
        named = FILE.fullmatch(block)
        if named:
            yield "file", named[1], named[2]


def pattern(lines, is_complete):
    """A regular expression for all that a command prints."""
    anything = r"(?:.*\n)*"
    parts = [anything if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in lines]
    if not is_complete:
        parts = [anything] + [part + anything for part in parts if part != anything]
    return re.compile("".join(parts))


class Guide:
    """A guide and the folder that it is followed in.

    is_complete: what stands below a command is all that it prints.
    """

    def __init__(self, document, folder, programs, is_complete=False):
        self.text = pathlib.Path(DOCS, document).read_text(encoding="utf-8")
        self.folder = pathlib.Path(folder)
        self.is_complete = is_complete
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        self.printed = ""

    # What has to be said otherwise here than in the guide.
    def content(self, text):
        return text

    def command(self, text):
        return text

    def below(self, text):
        return text

    def follow(self):
        """Does it all; returns the number of commands, or raises Wrong."""
        count = 0
        for kind, what, rest in steps(self.text):
            if kind == "type":
                self.type(self.command(what), [self.below(line) for line in rest])
                count += 1
                continue
            file = self.folder / what
            file.parent.mkdir(parents=True, exist_ok=True)
            with open(file, "a", encoding="utf-8") as stream:
                stream.write(self.content(rest))
        if count == 0:
            raise Wrong("there is no command in it")
        return count

    def type(self, command, below):
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, text=True, timeout=900,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.printed += done.stdout
        wanted = 3 if any("incomplete:" in line for line in below) else 0
        if done.returncode != wanted:
            raise Wrong(f"$ {command}\nends with {done.returncode}, not {wanted}:\n{done.stdout}")
        if not pattern(below, self.is_complete).fullmatch(done.stdout):
            expected = "\n".join(below)
            raise Wrong(f"$ {command}\nprints:\n{done.stdout}\ninstead of:\n{expected}")
