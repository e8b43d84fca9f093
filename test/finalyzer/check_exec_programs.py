#!/usr/bin/env python3
"""sqlite3's .shell, make, git with helpers and hooks, and bash running 20 programs,
under exec policies enforced with kill.

check_exec_programs.py CHESTNUT

A program that is not installed is passed over.
"""

import json
import os
import shutil
import signal
import subprocess

import common

# What bash runs, each with arguments that make it do something.
COMMANDS = (
    "ls /", "cat Makefile", "cp Makefile copy", "mv copy moved", "rm moved", "mkdir folder",
    "rmdir folder", "touch new", "ln -s new link", "readlink link", "wc -l Makefile",
    "sort -r Makefile", "head -n 1 Makefile", "tail -n 1 Makefile", "cut -c 1-3 Makefile",
    "tr a-z A-Z < Makefile", "basename /a/b", "dirname /a/b", "expr 1 + 2", "sed -n 1p Makefile",
    "uname", "stat -c %s Makefile", "rm new link",
)

MAKEFILE = """\
all: two
one:
\tmkdir -p out && echo one > out/one
two: one
\tcat out/one | tr a-z A-Z > out/two; cat out/two
clean:
\trm -rf out
"""

GIT = """
set -e
rm -rf repository copy; git init -q repository; cd repository
git config user.name Somebody; git config user.email somebody@example.org
printf '#!/bin/sh\\necho hook: $(cat file)\\n' > .git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
echo one > file; git add file; git commit -q -m one
echo two >> file; git commit -q -a -m two
git -c core.pager=cat --paginate log --format=%s
git gc -q; git fsck; cd ..
git clone -q repository copy; cat copy/file
"""


class ExecPrograms(common.Folder):
    def shared(self, program, *executed):
        return self.chosen(program, ",".join(("shared", *executed)))

    def chosen(self, program, choice):
        """A policy of the program and what it executes, complete."""
        if shutil.which(program) is None:
            self.skipTest(f"no {program}")
        program = os.path.realpath(shutil.which(program))
        path = self.folder / f"{os.path.basename(program)}.{choice[:6]}.json"
        run = self.chestnut("analyze", "--exec-policy", choice, program, "-o", path,
                            timeout=1200)
        print(run.stderr)
        self.assertIn(run.returncode, (0, 3), run.stderr)
        content = json.loads(path.read_text())
        # Plugins and loadable builtins are not loaded here.
        content["incomplete"] = []
        path.write_text(json.dumps(content))
        return path

    def run_shared(self, policy, *command):
        environment = dict(os.environ, LC_ALL="C", HOME=str(self.folder))
        plain = subprocess.run(command, capture_output=True, text=True, cwd=self.folder,
                               env=environment, timeout=common.LIMIT)
        run = self.run_under(policy, ("--force",), command, cwd=self.folder, env=environment)
        self.assertEqual((run.returncode, run.stdout), (plain.returncode, plain.stdout),
                         run.stderr)
        return run

    def test_sqlite(self):
        words = ("sqlite3", ":memory:", ".shell ls /", ".system uname", "select 1+1;")
        policy = self.shared("sqlite3", "ls", "uname")
        self.assertIn("Linux", self.run_shared(policy, *words).stdout)
        policy = self.chosen("sqlite3", "block")
        run = self.run_under(policy, (), words)
        # Its child is killed where it would execute the shell.
        self.assertIn(f"System command returns {int(signal.SIGSYS)}", run.stderr)
        self.assertEqual(run.stdout, "2\n")
        run = self.run_under(policy, (), ("sqlite3", ":memory:", "select 1+1;"))
        self.assertEqual((run.returncode, run.stdout), (0, "2\n"), run.stderr)

    def test_make(self):
        (self.folder / "Makefile").write_text(MAKEFILE)
        policy = self.shared("make", "sh", "mkdir", "cat", "tr", "rm")
        self.assertIn("ONE", self.run_shared(policy, "make", "-j2", "all").stdout)
        self.run_shared(policy, "make", "clean")

    def test_bash(self):
        (self.folder / "Makefile").write_text(MAKEFILE)
        programs = sorted({command.split()[0] for command in COMMANDS})
        self.assertGreaterEqual(len(programs), 20)
        policy = self.shared("bash", *programs)
        self.run_shared(policy, "bash", "-c", "set -e; " + "; ".join(COMMANDS))
        # What is not among them is held to the same filter.
        run = self.run_under(policy, ("--force",), ("bash", "-c", "exec unshare -U true"))
        self.assertNotEqual(run.returncode, 0)

    def test_bash_supervised(self):
        command = ("bash", "-c", "uname; ls / > /dev/null; expr 1 + 2")
        given = self.folder / "bash.entry.json"
        self.chestnut("analyze", os.path.realpath(shutil.which("bash")), "-o", given,
                      timeout=1200)
        content = json.loads(given.read_text())
        content["incomplete"] = []
        given.write_text(json.dumps(content))
        run = self.run_under(given, ("--exec-policy", "supervised"), command, timeout=1200)
        self.assertEqual((run.returncode, run.stdout), (0, "Linux\n3\n"), run.stderr)

    def test_git(self):
        (self.folder / "script").write_text(GIT)
        policy = self.shared("git", "sh", "cat", "rm", "chmod")
        # The shell that runs the script is under the filter from the beginning on.
        environment = dict(os.environ, LC_ALL="C", HOME=str(self.folder))
        plain = subprocess.run(("sh", "script"), capture_output=True, text=True,
                               cwd=self.folder, env=environment, timeout=common.LIMIT)
        self.assertEqual(plain.returncode, 0, plain.stderr)
        run = self.run_under(policy, ("--force",), ("sh", "script"), cwd=self.folder,
                             env=environment)
        self.assertEqual((run.returncode, run.stdout), (0, plain.stdout), run.stderr)


if __name__ == "__main__":
    common.main()
