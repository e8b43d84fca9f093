#!/usr/bin/env python3
"""e2e/smoke, from the first build to a policy that changed.

Usage: smoke_test.py BUILD, the folder of a CMake build. The tests run in the
order of their names and go on where the one before ended.
"""

import shutil
import signal
import sys
import unittest

from workspace import ROOT, Workspace


class Smoke(unittest.TestCase):
    workspace = Workspace

    @classmethod
    def setUpClass(cls):
        cls.work = cls.workspace(sys.argv[1], "smoke")
        for folder in ("app", "lib"):
            shutil.copytree(ROOT / "e2e/smoke" / folder, cls.work.folder / folder)
        shutil.copy(ROOT / "e2e/smoke/BUILD", cls.work.folder)
        for kept in cls.work.folder.glob("app/*.policy.json"):
            kept.unlink()

    @classmethod
    def tearDownClass(cls):
        cls.work.close()

    def test_1_everything_builds_and_the_program_is_confined(self):
        ran = self.work.actions("//...", "//app:hello")
        facts = [action for action in ran if action.startswith("Reading facts")]
        # Each unit once: greeting, table, hello, plain.
        self.assertEqual(4, len(facts), facts)
        self.assertFalse([a for a in ran if "hello.plain" in a and a.startswith("Linking")], ran)
        hello = self.work.run("app/hello")
        self.assertEqual((0, "hello, world\nhello, sandbox\n"), (hello.returncode, hello.stdout))
        self.assertEqual(-signal.SIGSYS, self.work.run("app/hello", "break").returncode)
        self.assertIn("write", self.work.calls("app/hello"))
        self.assertNotIn("socket", self.work.calls("app/hello"))
        self.assertEqual(self.work.calls("app/hello"), self.work.calls("app/hello.policy.json"))

    def test_2_nothing_changed_nothing_runs(self):
        self.assertEqual([], self.work.actions("//...", "//app:hello"))

    def test_3_a_comment_reruns_its_unit_alone(self):
        self.work.edit("lib/greeting.c", "name); }", "name); }  // as everybody does")
        ran = self.work.actions("//app:hello")
        self.assertEqual(["Compiling lib/greeting.c",
                          "Reading facts of lib/_objs/greeting/greeting.pic.o"], ran)

    def test_4_a_policy_is_kept(self):
        missing = self.work.bazel("test", "//app:hello_policy_test", check=False)
        self.assertEqual(3, missing.returncode)
        self.assertIn("app/hello.policy.json is not there yet; make it with: "
                      "bazel run //app:hello_policy_test.update", missing.stdout + missing.stderr)
        self.work.bazel("run", "//app:hello_policy_test.update")
        self.work.bazel("run", "//app:plain_policy_test.update")
        self.work.bazel("test", "//...")
        self.assertIn('"program":"hello"', self.work.read("app/hello.policy.json"))
        self.assertNotIn(str(self.work.parent), self.work.read("app/hello.policy.json"))
        self.work.bazel("build", "--output_groups=chestnut_report", "//app:hello", "//app:plain_policy")
        for name in ("hello", "plain_policy"):
            report = self.work.read(f"bazel-bin/app/{name}.report.html")
            self.assertIn("write", report)
            self.assertNotIn(str(self.work.parent), report)

    def test_5_a_new_call_is_named_with_its_way(self):
        self.work.edit("lib/greeting.c", "#include <stdio.h>\n", "#include <stdio.h>\n#include <sys/socket.h>\n")
        self.work.edit("lib/greeting.c", "{ printf", "{ socket(AF_INET, SOCK_STREAM, 0); printf")
        failed = self.work.bazel("test", "//app:hello_policy_test", check=False)
        self.assertEqual(3, failed.returncode)
        said = failed.stdout + failed.stderr
        for words in ("+ socket", "Greet", "lib/greeting.c:6",
                      "app/hello.policy.json is not today's policy of //app:hello",
                      "bazel run //app:hello_policy_test.update"):
            self.assertIn(words, said)
        # The other program does not use the library.
        self.work.bazel("test", "//app:plain_policy_test")

    def test_6_all_policies_are_made_again(self):
        self.work.edit("app/plain.cc", "int main() {", "#include <unistd.h>\nint main() { chroot(\"/\"); ")
        before = self.work.read("app/hello.policy.json")
        only_said = self.work.bazel("run", "//:chestnut_regenerate", "--", "--check", check=False)
        self.assertEqual(1, only_said.returncode, only_said.stderr)
        self.assertEqual(before, self.work.read("app/hello.policy.json"))
        changed = self.work.bazel("run", "//:chestnut_regenerate", check=False)
        self.assertEqual(1, changed.returncode, changed.stderr)
        for words in ("//app:hello (app/hello.policy.json): changed", "+ socket", "Greet",
                      "//app:plain_policy (app/plain.policy.json): changed", "+ chroot",
                      "2 policies: 2 changed, 0 refreshed, 0 as they were"):
            self.assertIn(words, changed.stdout)
        self.work.bazel("test", "//...")
        again = self.work.bazel("run", "//:chestnut_regenerate")
        self.assertIn("2 policies: 0 changed, 0 refreshed, 2 as they were", again.stdout)
        # Less is a difference, too.
        self.work.edit("app/plain.cc", "chroot(\"/\"); ", "")
        self.assertIn("- chroot", self.work.bazel("run", "//:chestnut_regenerate", check=False).stdout)

    def test_7_a_program_is_watched(self):
        self.work.bazel("build", "//app:hello", "--@chestnut//chestnut_rules:mode=notify")
        alone = self.work.run("app/hello")
        self.assertEqual(125, alone.returncode)
        self.assertIn("hello was built in mode notify and has no supervisor", alone.stderr)
        watched = self.work.chestnut("run", "--log", "--", "bazel-bin/app/hello", "break")
        self.assertEqual(0, watched.returncode, watched.stderr)
        self.assertIn("hello, world", watched.stdout)
        self.assertIn("socket", watched.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], failfast=True)
