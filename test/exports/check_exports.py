#!/usr/bin/env python3
"""Checks `chestnut export` with the programs that the forms are for.

Usage: check_exports.py CHESTNUT

A static program runs under its exported policy as without, and another one that
makes a call too many is killed: under bubblewrap, firejail and runc. Of the
systemd drop-in systemd-analyze says that it is right, as no service manager
runs here; minijail is not in Debian, so its form is only read. Docker's form
comes back by `chestnut import`. (docs/export.md is executed by test/guides.)
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

GOOD = r"""
#include <stdio.h>
#include <unistd.h>
int main(void) { printf("parent %d\n", getppid() >= 0); return 7; }
"""
# A number that no kernel has fails; ptrace is known, and not allowed.
BAD = r"""
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  printf("new %d\n", syscall(500) == -1 && errno == ENOSYS);
  fflush(stdout);
  return (int)syscall(SYS_ptrace, 0, 0, 0, 0);
}
"""
KILLED = 128 + signal.SIGSYS


class Checks:
    """Runs commands in a folder and counts what is not as expected."""

    def __init__(self, chestnut, folder):
        self.chestnut = chestnut
        self.folder = pathlib.Path(folder)
        self.failed = 0

    def run(self, *command, stdin=None):
        done = subprocess.run(command, cwd=self.folder, stdin=stdin or subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def expect(self, what, seen, wanted):
        print(f"{what}: {seen}")
        if seen != wanted:
            print(f"FAILED {what}: wanted {wanted}")
            self.failed += 1

    def export(self, form, *options):
        status, _, err = self.run(self.chestnut, "export", "good.json", "--format", form,
                                  "-o", f"good.{form}", *options)
        self.expect(f"export {form}", status, 0)
        return err

    def expect_both(self, how, run):
        """`run` takes a program and gives status and output."""
        self.expect(f"{how}: the program", run("good"), (7, "parent 1\n"))
        self.expect(f"{how}: a call too many", run("bad"), (KILLED, "new 1\n"))

    def bubblewrap(self):
        self.export("bpf")

        def run(program):
            with open(self.folder / "good.bpf", "rb") as filter_file:
                return self.run("bwrap", "--ro-bind", "/", "/", "--seccomp", "0",
                                str(self.folder / program), stdin=filter_file)[:2]
        self.expect_both("bubblewrap", run)

    def firejail(self):
        err = self.export("firejail")
        self.expect("firejail is said to lack rules", "ioctl" in err, True)

        def run(program):
            return self.run("firejail", "--quiet", "--profile=good.firejail",
                            str(self.folder / program))[:2]
        self.expect("firejail: the program", run("good"), (7, "parent 1\n"))
        # It has no zone of newer calls, and a status of its own for signals.
        status, out = run("bad")
        self.expect("firejail: a call too many", (status != 0, out), (True, ""))

    def runc(self):
        self.export("oci", "--launcher", "runc")
        bundle = self.folder / "bundle"
        (bundle / "rootfs/bin").mkdir(parents=True)
        for name in ("proc", "dev"):
            (bundle / "rootfs" / name).mkdir()
        for name in ("good", "bad"):
            shutil.copy(self.folder / name, bundle / "rootfs/bin" / name)
        subprocess.run(["runc", "spec"], cwd=bundle, check=True)
        config = json.loads((bundle / "config.json").read_text())
        config["process"].update(terminal=False, args=[])
        config["root"]["readonly"] = True
        config["linux"]["seccomp"] = json.loads((self.folder / "good.oci").read_text())
        config["linux"]["namespaces"] = [{"type": kind} for kind in ("pid", "mount", "ipc", "uts")]
        config["mounts"] = [m for m in config["mounts"] if m["destination"] in ("/proc", "/dev")]
        # The container's and the runtime's own filter stay apart only so.
        self.expect("runc's own default", config["process"]["noNewPrivileges"], True)

        def run(program):
            config["process"]["args"] = ["/bin/" + program]
            (bundle / "config.json").write_text(json.dumps(config))
            name = f"chestnut-{os.getpid()}-{program}"
            status, out, err = self.run("runc", "--root", str(self.folder / "state"), "run",
                                        "--bundle", str(bundle), name)
            if err:
                print(err)
            return status, out
        self.expect_both("runc", run)

    def systemd(self):
        self.export("systemd")
        unit = self.folder / "chestnut-good.service"
        text = (self.folder / "good.systemd").read_text()
        unit.write_text(text + f"ExecStart={self.folder}/good\n")
        status, _, err = self.run("systemd-analyze", "verify", "--man=no", str(unit))
        complaints = [line for line in err.splitlines() if unit.name in line]
        self.expect("systemd-analyze verify", (status, complaints), (0, []))
        status, out, _ = self.run("systemd-analyze", "security", "--offline=true", "--no-pager",
                                  str(unit))
        allowed = {line.split("SystemCallFilter=~@")[1].split()[0]: line.startswith("✓")
                   for line in out.splitlines() if "SystemCallFilter=~@" in line}
        self.expect("systemd-analyze security: no debugging, no mounts, no modules",
                    [allowed.get(name) for name in ("debug", "mount", "module")], [True] * 3)

    def minijail(self):
        self.export("minijail")
        lines = (self.folder / "good.minijail").read_text().splitlines()[1:]
        wrong = [line for line in lines if not re.fullmatch(r"\w+: (1|arg\d == 0x[0-9a-f]+.*)",
                                                            line)]
        self.expect("minijail: lines that it would not read", wrong, [])


    def imports(self):
        self.export("oci", "--flavor", "moby")
        status, out, _ = self.run(self.chestnut, "import", "good.oci", "--format", "oci", "--for",
                                  "good.json")
        self.expect("what was exported fits", (status, out), (0, ""))
        (self.folder / "narrow.json").write_text(json.dumps(
            {"defaultAction": "SCMP_ACT_ERRNO",
             "syscalls": [{"names": ["ptrace", "execve"], "action": "SCMP_ACT_ALLOW"}]}))
        status, out, _ = self.run(self.chestnut, "import", "narrow.json", "--format", "oci",
                                  "--for", "good.json")
        self.expect("a narrow and wide profile",
                    (status, "\n  getppid\n" in out, "none of these: ptrace\n" in out),
                    (1, True, True))


def main():
    chestnut = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="chestnut-exports-") as folder:
        os.chmod(folder, 0o755)
        checks = Checks(chestnut, folder)
        for name, text in (("good", GOOD), ("bad", BAD)):
            (checks.folder / f"{name}.c").write_text(text)
            subprocess.run(["gcc", "-O1", "-static", f"{name}.c", "-o", name], cwd=folder,
                           check=True)
        checks.expect("analyze", checks.run(chestnut, "analyze", "good", "-o", "good.json")[0], 0)
        for check in (checks.bubblewrap, checks.firejail, checks.runc, checks.systemd,
                      checks.minijail, checks.imports):
            check()
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
