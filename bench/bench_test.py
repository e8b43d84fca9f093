#!/usr/bin/env python3
"""Tests of what makes figures and documents of measurements.

Usage: bench_test.py CHESTNUT
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import binary_cases  # noqa: E402
import build_cases  # noqa: E402
import generated  # noqa: E402
import measure  # noqa: E402
import monorepo  # noqa: E402
import report  # noqa: E402

CHESTNUT = sys.argv.pop() if len(sys.argv) > 1 else ""


class Report(unittest.TestCase):
    def test_other_sections_stay(self):
        document = "# Benchmarks\n\nText.\n\n## A\n\nold a\n\n## B\n\nold b\n"
        new = report.stamp("## A\n\nnew a\n", "Made by x.")
        self.assertEqual(report.merge(document, [new, "## C\n\nc\n"]),
                         "# Benchmarks\n\nText.\n\n## A\n\nMade by x.\n\nnew a\n\n## B\n\nold b\n\n## C\n\nc\n")

    def test_merging_twice_changes_nothing(self):
        document = report.merge("# Benchmarks\n", ["## A\n\na\n"])
        self.assertEqual(report.merge(document, ["## A\n\na\n"]), document)


class Measures(unittest.TestCase):
    def test_fit(self):
        slope, intercept, quality = measure.linear_fit([(1, 3), (2, 5), (3, 7)])
        self.assertAlmostEqual(slope, 2)
        self.assertAlmostEqual(intercept, 1)
        self.assertAlmostEqual(quality, 1)

    def test_status_that_was_not_expected_is_a_failure(self):
        command = [sys.executable, "-c", "import sys; sys.exit('broken')"]
        with self.assertRaisesRegex(measure.Failure, "broken"):
            measure.spent(command)
        self.assertGreater(measure.spent(command, accepted=(1,)).peak, 1)

    def test_environment_is_added_to(self):
        command = [sys.executable, "-c", "import os, sys; sys.exit('HOME' not in os.environ or os.environ['X'] != 'y')"]
        measure.spent(command, environment={"X": "y"})

    def test_texts(self):
        self.assertEqual(measure.spread_text([0.1, 0.2, 0.3], "ms", 1000), "**200 ms** (150 ms–250 ms)")
        self.assertEqual(measure.spread_text([2.0], "s"), "**2 s**")


class Monorepo(unittest.TestCase):
    def test_every_library_of_a_group_is_reached_from_its_first(self):
        reached, left = set(), [monorepo.GROUP]
        while left:
            library = left.pop()
            self.assertNotIn(library, reached)
            reached.add(library)
            left += monorepo.children(library)
        self.assertEqual(reached, set(range(monorepo.GROUP, 2 * monorepo.GROUP)))

    def test_a_program_of_units_links(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name) / "units"
            programs = monorepo.write_units(folder, [100])
            self.assertEqual(len(programs[100]), 102)
            measure.run(["cc", "-I.", "-o", "program"] + [f"{unit}.c" for unit in programs[100]], cwd=folder)
            self.assertRegex(measure.run([str(folder / "program")]), r"^-?\d+$")

    def test_a_workspace_has_the_packages_it_names(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            monorepo.write_workspace(folder, 2 * monorepo.GROUP, 3)
            for build in folder.glob("*/BUILD"):
                for package in re.findall(r'"//(\w+)"', build.read_text()):
                    self.assertTrue((folder / package / "BUILD").exists(), package)
            self.assertEqual(len(list(folder.glob("lib*/*.c"))), 2 * monorepo.GROUP * monorepo.UNITS)


class Builds(unittest.TestCase):
    def test_what_a_unit_writes_is_dropped(self):
        self.assertEqual(build_cases.drop_output(["-O2", "-MMD", "-MF", "a.d", "-o", "a.o", "-c", "a.c"]),
                         ["-O2", "a.c"])


class Cases(unittest.TestCase):
    def test_code_is_what_is_executable(self):
        self.assertGreater(binary_cases.code_bytes("/usr/bin/true"), 1000)
        libc = binary_cases.code_bytes(binary_cases.LIBC)
        self.assertGreater(libc, 1_000_000)
        self.assertLess(libc, pathlib.Path(binary_cases.LIBC).stat().st_size)

    @unittest.skipIf(not CHESTNUT, "no program given")
    def test_modules_are_those_that_are_loaded(self):
        with tempfile.TemporaryDirectory() as folder:
            setup = types.SimpleNamespace(chestnut=CHESTNUT, scratch=pathlib.Path(folder))
            files = [pathlib.Path(path).name for path in binary_cases.modules(setup, "/usr/bin/true")]
        self.assertEqual(files[0], "true")
        self.assertIn("libc.so.6", files)

    def test_generated_program_works(self):
        with tempfile.TemporaryDirectory() as folder:
            names = generated.write_program(pathlib.Path(folder), 3)
            self.assertEqual(len(names), 3)
            subprocess.run(["clang++-19", "-std=c++17", "-Wall", "-Werror", "-pthread", "-o", "program",
                            *[f"{name}.cc" for name in names]], cwd=folder, check=True)
            out = subprocess.run(["./program"], cwd=folder, check=True, capture_output=True, text=True).stdout
        self.assertEqual(out, "2 5\n")


if __name__ == "__main__":
    unittest.main()
