#!/usr/bin/env python3
"""Chestnut's own program that executes nothing, built by chestnut_cc_binary.

Usage: own_tools_test.py BUILD, the folder of a CMake build. All that the program
consists of is compiled and read: several minutes.
"""

import shutil
import subprocess
import sys
import unittest

from workspace import ROOT, Workspace

DEPENDENCIES = """load("@chestnut//third_party:dependencies.bzl", "chestnut_dependencies")
chestnut_dependencies()
"""


class OwnTools(unittest.TestCase):
    def test_inspect(self):
        work = Workspace(sys.argv[1], "own")
        self.addCleanup(work.close)
        work.write("WORKSPACE", work.read("WORKSPACE") + DEPENDENCIES)
        shutil.copy(ROOT / ".bazelrc", work.folder)
        ran = work.actions("@chestnut//cli:chestnut-inspect")
        units = [action for action in ran if action.startswith("Reading facts of ")]
        # The launcher is a program of its own, whose bytes chestnut has in it.
        compiled = [action for action in ran if action.startswith("Compiling ")
                    and not action.startswith("Compiling patcher/launcher/")]
        self.assertEqual(len(compiled), len(units), ran)
        subprocess.run([sys.executable, ROOT / "test/inspect/check_inspect.py", work.build / "bin/chestnut",
                        work.folder / "bazel-bin/external/chestnut/cli/chestnut-inspect"], check=True)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
