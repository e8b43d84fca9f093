#!/usr/bin/env python3
"""Tests of the evaluation: drawing, traces, summaries."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import drawing  # noqa: E402
import summary  # noqa: E402
import tracing  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def entries(names):
    return [drawing.Entry(f"/usr/bin/{name}", "package") for name in names]


class Drawing(unittest.TestCase):
    def test_same_seed_draws_the_same(self):
        names = [f"program{i}" for i in range(50)]
        drawn = drawing.draw(entries(names), 3, 10)
        self.assertEqual(drawn, drawing.draw(entries(reversed(names)), 3, 10))
        self.assertEqual(len(drawn), 10)
        self.assertNotEqual(drawn, drawing.draw(entries(names), 4, 10))

    def test_another_program_changes_little(self):
        names = [f"program{i}" for i in range(50)]
        before = set(drawing.draw(entries(names), 3, 10))
        after = set(drawing.draw(entries(names + ["new"]), 3, 10))
        self.assertGreaterEqual(len(before & after), 9)

    def test_only_programs_are_candidates(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "script").write_text("#!/bin/sh\n")
            (path / "script").chmod(0o755)
            (path / "short").write_bytes(b"\x7fELF")
            (path / "short").chmod(0o755)
            (path / "link").symlink_to(sys.executable)
            copied = path / "program"
            copied.write_bytes(pathlib.Path(sys.executable).resolve().read_bytes())
            copied.chmod(0o755)
            os.link(copied, path / "second-name")
            self.assertEqual(drawing.programs([folder]), [str(copied)])

    def test_list_is_read_as_it_is_written(self):
        drawn = entries(["a", "b"])
        text = drawing.write_list(drawn, 3, ["x"])
        self.assertEqual(drawing.read_list(text), drawn)
        self.assertIn("--seed 3 --without x", text)
        with self.assertRaisesRegex(ValueError, "line 2"):
            drawing.read_list("/usr/bin/a a\n/usr/bin/b\n")

    def test_kept_list_and_workloads_fit(self):
        kept = drawing.read_list((HERE / "programs.txt").read_text(encoding="utf-8"))
        self.assertEqual(len(kept), 100)
        self.assertEqual(kept, sorted(set(kept)))
        names = {os.path.basename(entry.path) for entry in kept}
        known = tracing.read_workloads((HERE / "workloads.txt").read_text(encoding="utf-8"))
        self.assertEqual(set(known) - names, set())


class Traces(unittest.TestCase):
    def test_only_what_main_does_counts(self):
        calls, marked = tracing.calls_in(
            '7 execve("/usr/bin/x", ["x"], 0x7 /* 3 vars */) = 0\n'
            "7 brk(NULL) = 0x5\n"
            '7 access("/chestnut/main-begins", F_OK) = -1 ENOENT (No such file or directory)\n'
            "7 openat(AT_FDCWD, \"f\", O_RDONLY <unfinished ...>\n"
            "7 <... openat resumed>) = 3\n"
            "7 +++ exited with 0 +++\n")
        self.assertTrue(marked)
        self.assertEqual(calls, {"openat"})

    def test_without_main_all_counts(self):
        calls, marked = tracing.calls_in('7 execve("x", ["x"], 0x7) = 0\n7 brk(NULL) = 0x5\n')
        self.assertFalse(marked)
        self.assertEqual(calls, {"execve", "brk"})

    def test_executed_programs_and_their_children_do_not_count(self):
        calls, _ = tracing.calls_in(
            '7 execve("x", ["x"], 0x7) = 0\n'
            '7 access("/chestnut/main-begins", F_OK) = -1 ENOENT (No such file or directory)\n'
            "7 vfork() = 8\n"
            "8 dup2(1, 2) = 2\n"
            '8 execve("y", ["y"], 0x7) = 0\n'
            "8 accept(3, NULL, NULL) = 4\n"
            "8 clone(child_stack=NULL, flags=SIGCHLD) = 9\n"
            "9 inotify_init() = 5\n"
            "7 clone(child_stack=NULL, flags=SIGCHLD) = 10\n"
            "10 getpid() = 10\n")
        self.assertEqual(calls, {"vfork", "dup2", "execve", "clone", "getpid"})

    def test_workload_lines(self):
        workload = tracing.parse_workload('@3s @tty less "a b" < keys')
        self.assertEqual(workload, tracing.Workload(["less", "a b"], "keys", True, 3))
        for line in ("@soon x", "@tty", ""):
            with self.assertRaises(ValueError):
                tracing.parse_workload(line)

    def test_a_real_program_is_followed_from_main_on(self):
        with tempfile.TemporaryDirectory() as folder:
            preload = tracing.build_preload(str(HERE / "after_main.c"), folder)
            tracer = tracing.Tracer(preload, lambda place: pathlib.Path(place, "words").write_text("x"))
            calls, marked = tracer.run("/usr/bin/cat", tracing.parse_workload("cat words"))
            self.assertTrue(marked)
            self.assertIn("fadvise64", calls)
            self.assertNotIn("arch_prctl", calls)
            calls, _ = tracer.run("/usr/bin/head", tracing.parse_workload("@tty head -n 1 < words"))
            self.assertIn("read", calls)


def result(name, calls, **more):
    base = {"program": name, "path": name, "package": "p", "error": "", "incomplete": [], "modules": 1,
            "commands": 0, "missing": [], "unseen": [], "main_unknown": False,
            "calls": {"main": calls, "entry": calls} if calls else {}}
    return base | more


class Summaries(unittest.TestCase):
    def test_figures(self):
        results = [
            result("a", ["read"], commands=2, unseen=[["called", "libc.so.6: f"]]),
            result("b", ["read", "write", "open"], incomplete=[
                {"place": "libx.so+0x10", "reason": "the number of the system call in f is not known: it is read (libx.so+0x9)"}],
                commands=1, missing=["mmap"]),
            result("c", [], error="c: main is not known"),
            result("d", ["read", "write"], commands=1, missing=["open"], main_unknown=True)]
        found = summary.summarize(results, ["/usr/bin/e"])
        self.assertEqual(found["drawn"], 5)
        self.assertEqual(found["absent"], ["/usr/bin/e"])
        self.assertEqual(found["incomplete"], 1)
        self.assertEqual(found["main_unknown"], ["d"])
        self.assertEqual(found["incomplete_reasons"],
                         [["libx.so: the number of the system call is not known: it is read", 1]])
        self.assertEqual(found["groups"]["all"]["main"],
                         {"programs": 3, "mean": 2, "median": 2, "least": 1, "most": 3})
        self.assertEqual(found["groups"]["exercised"]["main"]["programs"], 3)
        self.assertEqual(found["missing_of_incomplete"], [["b", ["mmap"]]])
        self.assertEqual(found["missing"], [["d", ["open"]]])
        self.assertEqual(found["not analysed"], [["c", "c: main is not known"]])
        text = summary.markdown(found, results)
        for part in ("`/usr/bin/e`", "* `d`: open", "* `b`: mmap", "c: main is not known", "| `b` | p | 3 | 3 | 1 |"):
            self.assertIn(part, text)

    def test_the_cause_is_the_last_step_that_is_no_plain_call(self):
        witness = [{"function": "main", "reason": "runs once the filter is on", "place": "x+0x1"},
                   {"function": "free", "reason": "called by name (dlsym)", "place": "libc.so.6+0x2"},
                   {"function": "sub_3", "place": "libc.so.6+0x3"}]
        self.assertEqual(summary.cause_of(witness), ("called by name (dlsym)", "libc.so.6: free"))
        self.assertEqual(summary.cause_of([{"function": "f", "place": "x+0x1"}]), ("a plain call", ""))

    def test_runs_without_a_list_of_programs_say_so(self):
        done = subprocess.run([sys.executable, str(HERE / "run"), "--build", "/nonexistent", "nothing-of-the-kind"],
                              check=False, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("nothing-of-the-kind", done.stderr)


if __name__ == "__main__":
    unittest.main()
