#!/usr/bin/env python3
"""Does what docs/bazel.md says, in a new workspace.

Usage: guide_test.py BUILD, the folder of a CMake build.
"""

import sys
import unittest

from workspace import ROOT, Workspace

sys.path.insert(0, str(ROOT / "test/guides"))
import guide  # noqa: E402


class BazelGuide(guide.Guide):
    """With this Chestnut, and a Bazel server that ends with the workspace."""

    def __init__(self, work):
        super().__init__("bazel.md", work.folder, work.build / "bin")
        self.work = work

    def content(self, text):
        return text.replace("/usr/src/chestnut", str(ROOT)).replace("/opt/chestnut", str(self.work.build))

    def command(self, text):
        return text.replace("bazel ", f"bazel --output_user_root={self.work.parent}/bazel ")


class Guide(unittest.TestCase):
    def test_the_guide(self):
        work = Workspace(sys.argv[1], "guide")
        self.addCleanup(work.close)
        # Up to where this Chestnut is named, it is the guide's own workspace.
        head = work.read("WORKSPACE").split('local_repository(name = "rules_cc"')[1].split("load(")[0]
        work.write("WORKSPACE", 'workspace(name = "guide")\nlocal_repository(name = "rules_cc"' + head)
        self.assertGreater(BazelGuide(work).follow(), 4)
        self.assertIn('"program":"hello"', work.read("hello.policy.json"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
