#!/usr/bin/env python3
"""Does what docs/bazel.md says, in a new workspace.

Usage: guide_test.py BUILD, the folder of a CMake build. A block that begins with
a comment that is a file's name is added to that file; a console block is run, and
what stands below a command is what it has to print.
"""

import re
import subprocess
import sys
import unittest

from workspace import ROOT, Workspace

FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:#|//) ([\w./]+)\n(.*)", re.DOTALL)


def steps(text):
    """Yields ("file", name, content) and ("run", command, expected lines)."""
    for language, block in FENCE.findall(text):
        if language != "console":
            named = FILE.fullmatch(block)
            if named:
                yield "file", named[1], named[2]
            continue
        command, printed = None, []
        for line in block.split("\n"):
            if line.startswith("$ "):
                if command:
                    yield "run", command, printed
                command, printed = line[2:], []
            elif line:
                printed.append(line)
        if command:
            yield "run", command, printed


class Guide(unittest.TestCase):
    def test_the_guide(self):
        work = Workspace(sys.argv[1], "guide")
        self.addCleanup(work.close)
        text = (ROOT / "docs/bazel.md").read_text(encoding="utf-8")
        # Up to where this Chestnut is named, it is the guide's own workspace.
        head = work.read("WORKSPACE").split('local_repository(name = "rules_cc"')[1].split("load(")[0]
        work.write("WORKSPACE", 'workspace(name = "guide")\nlocal_repository(name = "rules_cc"' + head)
        ran = 0
        for kind, name, content in steps(text):
            if kind == "file":
                content = content.replace("/usr/src/chestnut", str(ROOT)).replace("/opt/chestnut", str(work.build))
                file = work.folder / name
                work.write(name, (file.read_text(encoding="utf-8") if file.exists() else "") + content)
                continue
            command = name.replace("bazel ", f"bazel --output_user_root={work.parent}/bazel ")
            done = subprocess.run(["bash", "-c", command], cwd=work.folder, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(0, done.returncode, f"{name}\n{done.stdout}{done.stderr}")
            if content:
                self.assertEqual(content, done.stdout.split("\n")[:len(content)], name)
            ran += 1
        self.assertGreater(ran, 4)
        self.assertIn('"program":"hello"', work.read("hello.policy.json"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
