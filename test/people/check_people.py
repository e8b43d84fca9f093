#!/usr/bin/env python3
"""Checks what people get to see of `chestnut`: reasons, violations, differences,
errors, and what they look like on narrow terminals and closed pipes.

Usage: check_people.py CHESTNUT
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios

# `parent` is called by main, through a table, and by a destructor; `alone` by nobody.
PROGRAM = r"""
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
__attribute__((noinline)) void parent(void) { getppid(); }
static void (*volatile table[])(void) = {parent};
__attribute__((noinline)) void alone(void) { chroot("/"); }
__attribute__((destructor)) static void bye(void) { parent(); }
int main(int argc, char** argv) {
  parent();
  if (argc > 2) table[argc - 3]();
  if (argc > 1) {  // as an exploit: socket() by injected code
    unsigned char* code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    static const unsigned char bytes[] = {0xb8, 0x29, 0, 0, 0, 0x0f, 0x05, 0xc3};
    for (unsigned i = 0; i < sizeof bytes; ++i) code[i] = bytes[i];
    ((void (*)(void))code)();
  }
  return puts("ready") < 0;
}
"""


class Checks:
    """Runs commands in a folder and counts what is not as expected."""

    def __init__(self, chestnut, folder):
        self.chestnut = chestnut
        self.folder = pathlib.Path(folder)
        self.failed = 0

    def run(self, *command, text=None, preexec=None):
        done = subprocess.run([str(word) for word in command], cwd=self.folder, input=text, capture_output=True,
                              text=True, timeout=300, check=False, preexec_fn=preexec)
        return done.returncode, done.stdout, done.stderr

    def tool(self, *words, text=None):
        return self.run(self.chestnut, *words, text=text)

    def make(self, *command):
        status, out, err = self.run(*command)
        if status != 0:
            sys.exit(f"{command}: {status}\n{out}{err}")

    def expect(self, what, condition, *seen):
        print(f"{'ok' if condition else 'FAILED'}: {what}")
        if not condition:
            print(*seen)
            self.failed += 1

    def write(self, name, content):
        (self.folder / name).write_text(content)

    def prepare(self):
        self.write("p.c", PROGRAM)
        self.make("gcc", "-O1", "-w", "p.c", "-o", "p")
        self.make(self.chestnut, "analyze", "./p", "-o", "p.json")
        self.make(self.chestnut, "cc", "-O1", "-w", "--chestnut-mode=trap", "p.c", "-o", "trapped")

    # --- explain

    def explain_all(self):
        status, out, err = self.tool("explain", "p.json", "getppid", "--program", "./p", "--all", "roots")
        self.expect("--all roots: an allowed call ends with 0", status == 0, status, out, err)
        ways = out.split("\n\n")[1:]
        self.expect("--all roots: from more than one root", len(ways) >= 2, out)
        self.expect("--all roots: each way ends in the libc", all("getppid" in way for way in ways), out)
        status, paths, err = self.tool("explain", "p.json", "getppid", "--program", "./p", "--all", "paths")
        lengths = [len(way.splitlines()) for way in paths.strip().split("\n\n")[1:]]
        self.expect("--all paths: shortest first, at least as many",
                    status == 0 and lengths == sorted(lengths) and len(lengths) >= len(ways), paths, err)
        status, one, _ = self.tool("explain", "p.json", "getppid", "--program", "./p", "--all", "paths", "--limit", "1")
        self.expect("--limit: one way, and that there are more", one.count("\n\n") == 1 and "the first 1 way" in one, one)
        # A program without a policy is analysed for it.
        status, plain, err = self.tool("explain", "./p", "getppid", "--all", "roots")
        self.expect("a program without a policy", status == 0 and plain.splitlines()[0] == "getppid is allowed", plain, err)

    def explain_without_a_way(self):
        policy = json.loads((self.folder / "p.json").read_text())
        for call in policy["calls"]:
            call.pop("witness", None)
        self.write("short.json", json.dumps(policy))
        status, out, err = self.tool("explain", "short.json", "getppid")
        self.expect("a policy without witnesses", status == 0 and "keeps no way to it" in out or "witness" in err,
                    status, out, err)
        status, out, _ = self.tool("diff", "p.json", "short.json")
        self.expect("... says the same to the kernel", (status, out) == (0, "") or status == 2, out)

    def explain_not(self):
        status, out, err = self.tool("explain", "p.json", "chroot", "--program", "./p", "--not")
        self.expect("--not: a blocked call ends with 1", status == 1 and err == "", status, err)
        self.expect("--not: the place in the program and why", re.search(
            r"libc\.so\.6\+0x[0-9a-f]+ in chroot: nothing (calls|that can run)?.*\b(alone|sub_\w+)", out), out)
        status, out, _ = self.tool("explain", "p.json", "kexec_file_load", "--program", "./p", "--not")
        self.expect("--not: a call that no code makes", status == 1 and "no code of p" in out, out)
        status, _, err = self.tool("explain", "p.json", "opennat", "--not")
        self.expect("a misspelt call", status == 2 and "did you mean 'openat'?" in err, err)

    def violation_of_trap(self):
        status, _, report = self.run("./trapped", "x")
        self.expect("mode trap stops injected code", status == 159 and "socket (41) is not allowed" in report, status, report)
        status, out, err = self.tool("explain", "trapped", "--violation", "-", text="before\n" + report + "after\n")
        self.expect("a report of mode trap", status == 1 and out.startswith("trapped (thread "), status, out, err)
        self.expect("... says what it was", "was killed for socket\n" in out and "  arguments  0x" in out, out)
        self.expect("... and what to do", "next: chestnut explain trapped socket --not" in out, out)
        self.expect("... and that the code is of no file", "(nobody knows of what)" in out, out)

    def violation_of_the_log(self):
        # Where getppid makes its call, mapped somewhere by whole pages.
        _, way, _ = self.tool("explain", "p.json", "getppid")
        offset = int(re.findall(r"libc\.so\.6\+0x([0-9a-f]+)", way)[-1], 16)
        self.make(self.chestnut, "refine", "p.json", "--drop", "getppid=a test", "-o", "narrow.json")
        record = ('Nov 23 12:00:0%d h kernel: audit: type=1326 audit(1700000000.1:45): auid=0 uid=0 gid=0 ses=1 pid=%d '
                  'comm="p" exe="/usr/bin/p" sig=31 arch=c000003e syscall=110 compat=0 ip=0x%x code=0x80000000\n')
        log = "".join(record % (i, 300 + i, 0x7f0000000000 + (i << 20) + offset + 2) for i in range(3))
        other = record.replace('/usr/bin/p"', '/usr/bin/q"') % (4, 400, 0x1000)
        status, out, err = self.tool("explain", "narrow.json", "--program", "./p", "--violation", "-",
                                     text=log + other + log[:90])
        self.expect("the kernel's log", status == 1 and "was killed for getppid, 3 times\n" in out, out, err)
        self.expect("... the place in the library has its name",
                    re.search(rf"made at    libc\.so\.6\+0x{offset + 2:x}  getppid\+0x", out), out)
        self.expect("... another program under the same filter", "q (process 400)" in out and "--exec block" in out, out)
        self.expect("... records that are cut off", "1 records are cut off" in err, err)
        # The policy allows it now.
        _, out, _ = self.tool("explain", "p.json", "--program", "./p", "--violation", "-", text=log)
        self.expect("... of an older policy", "the process ran under another one" in out, out)

    def violation_of_a_core(self):
        def limit():
            import resource  # pylint: disable=import-outside-toplevel
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        self.run(self.chestnut, "run", "--policy", "narrow.json", "--", "./p", preexec=limit)
        cores = list(self.folder.glob("core*"))
        if not cores:
            print("no core files are written here; what they say is tested by finalyzer/violation_test.cc")
            return
        status, out, err = self.tool("explain", "narrow.json", "--program", "./p", "--violation", cores[0])
        self.expect("a core file", status == 1 and "was killed for getppid\n" in out, out, err)
        self.expect("... where and by whom", re.search(r"made at    libc\.so\.6\+0x\w+  getppid\+0x", out) and
                    re.search(r"by +p\+0x\w+  parent\+0x", out) and " main+0x" in out, out)

    # --- diff

    def differences(self):
        self.write("q.c", PROGRAM.replace("return puts", "chroot(\"/\"); return puts"))
        self.make("gcc", "-O1", "-w", "q.c", "-o", "q")
        status, out, err = self.tool("diff", "./p", "./q")
        self.expect("two programs without policies", status == 1 and re.search(r"^\+ chroot  \[.*chroot.*\]$", out, re.M),
                    status, out, err)
        status, out, err = self.tool("diff", "./q", "./p")
        self.expect("less is no growth", status == 0 and "- chroot" in out, status, out, err)
        self.expect("--any-change finds it", self.tool("diff", "./q", "./p", "--any-change")[0] == 1)
        self.expect("nothing changed", self.tool("diff", "p.json", "./p") [:2] == (0, ""), self.tool("diff", "p.json", "./p"))
        self.make(self.chestnut, "analyze", "./q", "-o", "q.json")
        self.write("q.json", (self.folder / "q.json").read_text().replace('"program": "q"', '"program": "p"')
                   .replace('"program":"q"', '"program":"p"'))
        for form in ("json", "sarif", "markdown"):
            status, out, err = self.tool("diff", "p.json", "q.json", "--format", form)
            self.expect(f"--format {form}", status == 1 and "chroot" in out and err == "", status, err)
            if form != "markdown":
                json.loads(out)
            self.tool("diff", "p.json", "q.json", "--format", form, "-o", "diff." + form)
            self.expect(f"... the same with -o", (self.folder / ("diff." + form)).read_text() == out)

    def differences_of_facts(self):
        self.write("a.c", "#include <unistd.h>\nint f(void) { return getuid(); }\n")
        self.write("b.c", "#include <unistd.h>\nint f(void) { return getuid() + getppid(); }\n")
        for name in "ab":
            self.make(self.chestnut, "cc", "-O1", "-c", f"{name}.c", "-o", f"{name}.o")
        status, out, err = self.tool("diff", "a.o", "b.o")
        self.expect("facts: what a part refers to now", status == 1 and "+ refers to getppid\n  f  b.c:2\n" in out, out, err)
        status, out, err = self.tool("diff", "b.o", "a.o")
        self.expect("facts: less is no growth", status == 0 and "- refers to getppid" in out, out, err)
        status, _, err = self.tool("diff", "a.o", "p.json")
        self.expect("facts against a policy", status == 2 and "a.o: facts of a part" in err, err)

    # --- manners

    def errors_are_named(self):
        self.write("garbage", "no policy\n")
        self.write("old.json", '{"schema_version": "7.0"}\n')
        self.write("cut.json", (self.folder / "p.json").read_text()[:200])
        for words, name in ((("show", "nowhere"), "E-cannot-read"), (("show", "./p"), "E-no-policy"),
                            (("show", "garbage"), None), (("show", "old.json"), None), (("show", "cut.json"), None),
                            (("frobnicate",), "E-usage"), (("show",), "E-usage"), (("diff", "p.json", "garbage"), None),
                            (("explain", "p.json", "nocall"), "E-unknown-call"), (("explain", "p.json"), "E-usage"),
                            (("explain", "p.json", "--violation", "garbage"), "E-damaged"),
                            (("analyze", "garbage"), None), (("analyze", "p.c"), None), (("run", "--", "nowhere"), None),
                            (("facts", "--dump", "garbage"), None), (("patch", "garbage", "-o", "x"), None)):
            status, out, err = self.tool(*words)
            lines = err.splitlines()
            found = re.search(r" \[(E-[a-z-]+)\]$", lines[0]) if lines else None
            self.expect(f"{' '.join(words)}: one line that names its page",
                        status == 2 and out == "" and len(lines) == 1 and found and name in (None, found[1]), status, out, err)
            if found:
                status, page, _ = self.tool("help", found[1])
                self.expect(f"help {found[1]}", status == 0 and page.startswith(found[1] + ": ") and "What to do: " in page)
                self.expect("help of the whole line", self.tool("help", lines[0])[1] == page, lines[0])

    def closed_pipes(self):
        command = f'"{self.chestnut}" show --format json p.json'
        done = self.run("bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}")
        self.expect("a closed pipe: silence", done[0] in (0, 128 + signal.SIGPIPE) and done[2] == "", done)
        done = self.run("bash", "-c", f"trap '' PIPE; {command} | true; exit ${{PIPESTATUS[0]}}")
        self.expect("a closed pipe where the signal is ignored: at most one line",
                    done[0] in (0, 2) and len(done[2].splitlines()) <= 1, done)
        done = self.run("bash", "-c", f"{command} > /dev/full")
        self.expect("a full disk", done[0] == 2 and "[E-cannot-write]" in done[2], done)

    def narrow_terminals(self):
        for words in (("show", "p.json"), ("explain", "p.json", "getppid"), ("--help",), ("explain", "--help"),
                      ("help", "E-incomplete"), ("diff", "p.json", "q.json")):
            lines = self.on_terminal(40, self.chestnut, *words)
            wide = [line for line in lines if len(line) > 40 and " " in line[8:].strip()]
            self.expect(f"{' '.join(words)} at 40 columns", lines and not wide, wide or lines)
            self.expect("... in one piece", not any("\x1b" in line for line in lines))

    def on_terminal(self, columns, *command):
        """Lines that the command writes to a terminal of so many columns."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        with subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=slave,
                              stderr=subprocess.DEVNULL) as process:
            os.close(slave)
            text = b""
            while select.select([master], [], [], 60)[0]:
                try:
                    part = os.read(master, 65536)
                except OSError:
                    break  # nobody writes to it any more
                if not part:
                    break
                text += part
            process.wait(60)
        os.close(master)
        return text.decode().replace("\r\n", "\n").splitlines()

    def verbosity(self):
        quiet = self.tool("export", "p.json", "--format", "oci", "--quiet", "-o", "x.json")
        self.expect("--quiet: no notes", quiet == (0, "", ""), quiet)
        loud = self.tool("analyze", "./p", "--verbose", "--format", "names")
        self.expect("--verbose: what is read", loud[0] == 0 and re.search("chestnut: reading .*libc", loud[2]), loud[2])
        plain = self.tool("analyze", "./p", "--format", "names")
        self.expect("... and the same result", plain == (0, loud[1], ""), plain)


def main():
    chestnut = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="chestnut-people-") as folder:
        checks = Checks(chestnut, folder)
        checks.prepare()
        checks.explain_all()
        checks.explain_without_a_way()
        checks.explain_not()
        checks.violation_of_trap()
        checks.violation_of_the_log()
        checks.violation_of_a_core()
        checks.differences()
        checks.differences_of_facts()
        checks.errors_are_named()
        checks.closed_pipes()
        checks.narrow_terminals()
        checks.verbosity()
    print(f"{checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
