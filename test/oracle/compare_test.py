#!/usr/bin/env python3
"""The comparison of real indirect calls with candidates, on a small program.

The program is built by clang-19 with the coverage and oracle.c; the candidates
are written by hand, so that it is known what must pass and what must not.
"""

import json
import os
import struct
import subprocess
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CLANG = "/usr/lib/llvm-19/bin/clang"

PROGRAM = """\
#include <signal.h>
#include <unistd.h>
struct Operations { int (*run)(int); };
static int Add(int x) { return x + 1; }
static int Double(int x) { return 2 * x; }
static struct Operations table[] = {{Add}, {Double}};
static volatile int sum;
static void Handle(int number) { sum += table[1].run(number); }
extern __typeof(Handle) Alias __attribute__((alias("Handle")));
int main(int argc, char** argv) {
  signal(SIGUSR1, Handle);
  if (argc > 1) return 0;
  for (int i = 0; i < 1000; ++i) sum += table[0].run(i);
  raise(SIGUSR1);
  if (fork() == 0) {
    int (*run)(int) = sum ? Double : Add;
    _exit(run(3));
  }
  _exit(sum == 0);
}
"""

SITES = [
    {"function": "Handle", "file": "x/program.c", "line": 8, "targets": ["Add", "Double"]},
    {"function": "main", "file": "x/program.c", "line": 13, "targets": ["Add"]},
    {"function": "main", "file": "x/program.c", "line": 17, "targets": ["Double"]},
]


class CompareTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        path = cls.folder.name
        cls.binary, cls.pairs = path + "/program", path + "/pairs"
        with open(path + "/program.c", "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        subprocess.run([CLANG, "-O2", "-c", HERE + "/oracle.c", "-o", path + "/oracle.o",
                        f'-DORACLE_FILE="{cls.pairs}"'], check=True)
        subprocess.run([CLANG, "-g", "-O0", "-fsanitize-coverage=indirect-calls,trace-pc-guard",
                        "-fno-sanitize-link-runtime", path + "/program.c", path + "/oracle.o",
                        "-o", cls.binary], check=True)
        subprocess.run([cls.binary], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def compare(self, sites, pairs=None):
        path = self.folder.name + "/candidates.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(sites, file)
        return subprocess.run(
            [HERE + "/compare", "--binary", self.binary, "--pairs", pairs or self.pairs,
             "--candidates", path], capture_output=True, text=True, check=False)

    def test_every_call_is_a_candidate(self):
        result = self.compare(SITES)
        self.assertEqual(result.returncode, 0, result.stderr)
        # The signal handler's call and the child's are there too.
        self.assertIn("different calls seen: 3, 0 of them into the vDSO; missing: 0", result.stdout)
        self.assertIn("(0 found by function only)", result.stdout)

    def test_any_name_of_a_function_finds_its_site(self):
        result = self.compare([dict(SITES[0], function="Alias")] + SITES[1:])
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_kernels_own_code_is_no_miss(self):
        outside = self.folder.name + "/outside"
        with open(self.pairs, "rb") as file:
            caller, _ = struct.unpack("<QQ", file.read(16))
        with open(outside, "wb") as file:
            file.write(struct.pack("<QQ", caller, 0x7fff00001000))
        result = self.compare(SITES, outside)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 of them into the vDSO; missing: 0", result.stdout)

    def test_a_missing_candidate_is_named(self):
        result = self.compare([dict(SITES[0], targets=["Add"])] + SITES[1:])
        self.assertEqual(result.returncode, 1)
        self.assertIn("program.c:8 called Double", result.stderr)

    def test_a_call_from_code_that_the_graph_thinks_dead_is_named(self):
        result = self.compare(SITES[1:])
        self.assertEqual(result.returncode, 1)
        self.assertIn("program.c:8 called Double: the call graph has no such site",
                      result.stderr)

    def test_the_line_counts_where_the_graph_has_it(self):
        result = self.compare([SITES[0], dict(SITES[1], targets=["Double"]), SITES[2]])
        self.assertEqual(result.returncode, 1)
        self.assertIn("main program.c:13 called Add", result.stderr)

    def test_another_line_of_the_function_counts_where_it_has_not(self):
        result = self.compare([SITES[0], dict(SITES[1], line=12), SITES[2]])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("(1 found by function only)", result.stdout)

    def test_a_run_that_saw_nothing_fails(self):
        empty = self.folder.name + "/none"
        subprocess.run([self.binary, "quiet"], check=True)
        open(empty, "w", encoding="utf-8").close()
        result = self.compare(SITES, empty)
        self.assertEqual(result.returncode, 1)
        self.assertIn("no indirect call", result.stderr)


if __name__ == "__main__":
    unittest.main()
