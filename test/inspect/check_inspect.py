#!/usr/bin/env python3
"""chestnut-inspect says what chestnut says, and is sandboxed while it does.

Usage: check_inspect.py CHESTNUT INSPECT [unittest arguments]
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

CHESTNUT, INSPECT = "", ""  # set by main
# What somebody would have use for who got into it.
NOT_NEEDED = {"execve", "execveat", "ptrace", "process_vm_writev", "bpf", "mount", "setuid", "kexec_load",
              "init_module", "unshare", "setns", "chroot", "io_uring_setup", "bind", "listen", "accept4"}


def run(*command, cwd=None):
    """Status, output, errors."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


class Inspect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="chestnut-inspect-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        for name, program in (("date", "/usr/bin/date"), ("cat", "/usr/bin/cat")):
            status, _, errors = run(CHESTNUT, "analyze", program, "-o", cls.folder / f"{name}.json")
            assert status == 0, errors
        (cls.folder / "cut.so").write_bytes(pathlib.Path("/usr/bin/date").read_bytes()[:3000])
        (cls.folder / "cut.json").write_bytes((cls.folder / "date.json").read_bytes()[:300])

    def both(self, *arguments, status=0):
        """Runs both programs; returns what they print."""
        mine, theirs = [run(program, *arguments, cwd=self.folder) for program in (INSPECT, CHESTNUT)]
        self.assertEqual(theirs, mine, arguments)
        self.assertEqual(status, mine[0], mine[2])
        return mine[1].decode() + mine[2].decode()

    def test_a_filter_is_on_when_it_opens_its_input(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen([INSPECT, "show", pipe, "--format", "names"], stdout=subprocess.PIPE,
                              text=True) as program:
            with open(pipe, "wb") as stream:  # it has opened the other end
                status = pathlib.Path(f"/proc/{program.pid}/status").read_text(encoding="ascii")
                stream.write((self.folder / "cat.json").read_bytes())
            output = program.communicate(timeout=60)[0]
        self.assertRegex(status, r"(?m)^Seccomp:\s+2$")
        self.assertRegex(status, r"(?m)^NoNewPrivs:\s+1$")
        self.assertEqual(0, program.returncode)
        self.assertIn("read\n", output)

    def test_it_needs_nothing_to_break_out_with(self):
        status, names, _ = run(CHESTNUT, "show", INSPECT, "--format", "names")
        self.assertEqual(0, status)
        calls = set(names.decode().split())
        self.assertEqual(set(), calls & NOT_NEEDED)
        self.assertLessEqual({"openat", "read", "write", "exit_group"}, calls)
        self.assertIn(b"any other call kills the process", run(CHESTNUT, "show", INSPECT)[1])

    def test_policies(self):
        self.both("show", "date.json")
        self.both("show", "date.json", "--format", "json", "--startup")
        self.assertIn("clock_settime", self.both("explain", "date.json", "clock_settime"))
        self.both("explain", "date.json", "ptrace", status=1)
        self.assertIn("clock_settime", self.both("diff", "cat.json", "date.json", status=1))
        self.both("diff", "cat.json", "cat.json")
        for form in ("oci", "systemd", "minijail", "firejail", "bpf", "header", "text"):
            mine, theirs = [run(program, "export", "cat.json", "--format", form, cwd=self.folder)
                            for program in (INSPECT, CHESTNUT)]
            self.assertEqual(theirs, mine, form)

    def test_programs(self):
        # Its own policy, too.
        self.both("show", INSPECT)
        self.both("analyze", "/usr/bin/date", "--format", "json")
        self.both("analyze", "/usr/bin/cat", "--no-cache", "--stats", "--at", "exec")

    def test_files_are_written(self):
        for program, name in ((INSPECT, "mine"), (CHESTNUT, "theirs")):
            for command in (("report", "date.json", "--before", "cat.json"), ("analyze", "/usr/bin/cat")):
                status, _, errors = run(program, *command, "-o", f"{name}.{command[0]}", cwd=self.folder)
                self.assertEqual((0, b""), (status, errors), command)
        for kind in ("report", "analyze"):
            mine, theirs = [(self.folder / f"{name}.{kind}").read_bytes() for name in ("mine", "theirs")]
            self.assertEqual(theirs, mine)

    def test_what_cannot_be_read(self):
        self.assertIn("cut.so", self.both("analyze", "cut.so", status=2))
        self.assertIn("cut.json", self.both("show", "cut.json", status=2))
        self.assertIn("cannot open", self.both("show", "nothing", status=2))
        self.assertIn("not an ELF file", self.both("analyze", "cat.json", status=2))

    def test_other_commands_are_not_there(self):
        status, _, errors = run(INSPECT, "run", "--", "true")
        self.assertEqual(2, status)
        self.assertRegex(errors.decode(), r"^chestnut: 'run' is no command; there are analyze, diff, .*show")
        self.assertTrue(re.match(rb"chestnut-inspect \d", run(INSPECT, "--version")[1]))


def main():
    global CHESTNUT, INSPECT
    CHESTNUT, INSPECT = (os.path.abspath(path) for path in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])


if __name__ == "__main__":
    main()
