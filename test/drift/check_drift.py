#!/usr/bin/env python3
"""Policies made here, enforced with kill on Debian unstable's libc.

check_drift.py BIN [PROGRAM...]

Programs of programs/, built by the drop-in compilers in BIN, and Debian's own
under policies of `chestnut analyze` run in a root folder with unstable's base
system. Output and status must be those of the same without a policy. Of the
libraries a program loads, only those come along that unstable's libc and
compiler packages do not bring.

Exit status 77 where there is no such folder and none can be made.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "binary"))
import workloads  # noqa: E402
from check_programs import own_calls  # noqa: E402

# Commands of Debian's programs, which run in a folder of workloads.prepare().
# None executes another program: that one would inherit the filter.
COMMANDS = [
    ["ls", "-laR", "--time-style=+x", "."], ["ls", "-l", "/proc/self/fd/0"],
    ["sort", "-S", "1k", "large"], ["sort", "--parallel=4", "-S", "64k", "large"],
    ["grep", "-P", "wor.s", "words"], ["grep", "-rn", "word", "folder"],
    ["date", "-u", "-d", "@0"], ["date", "-d", "1970-01-01 CET", "+%c"],
    ["sed", "-i", "s/a/b/", "words2"], ["tar", "cf", "-", "words"],
    ["tar", "xf", "archive.tar"], ["gzip", "-k", "words"], ["xz", "-T4", "-kc",
                                                           "large"],
    ["find", ".", "-type", "f", "-newermt", "1980-01-01"],
    ["find", "folder", "-delete"], ["id", "root"], ["getent", "passwd", "root"],
    ["getent", "hosts", "localhost"], ["iconv", "-f", "UTF-8", "-t", "UTF-16",
                                       "words"],
    ["cp", "-a", "folder", "other"], ["mv", "words", "moved"], ["rm", "-r",
                                                               "folder"],
    ["touch", "new"], ["mkdir", "-p", "a/b/c"], ["stat", "-c", "%s %U", "words"],
    ["du", "-a", "words"], ["dd", "if=words", "of=copy", "status=none"],
    ["cat", "words"], ["md5sum", "words"], ["diff", "words", "words2"],
    ["timeout", "--version"], ["nproc", "--all"], ["uname", "-s"],
    ["stty", "size"], ["tty"], ["sleep", "0.01"], ["kill", "-l"],
    ["mktemp", "-u", "-p", ".", "same"], ["realpath", "words"], ["gawk",
                                                                "{print $1}",
                                                                "words"],
    ["mawk", "{print $1}", "words"], ["dash", "-c", "echo hello; exit 3"],
    ["bash", "-c", "echo $((1+2)); exit 4"], ["perl", "-e",
                                              "print sort qw(b a)"],
    ["sqlite3", "base", "create table t(a); insert into t values(1); "
                        "select * from t"],
    ["openssl", "dgst", "-sha256", "words"], ["git", "hash-object", "words"],
    ["curl", "-s", "file:///etc/hostname"],
]

# What unstable's libc6, libgcc-s1 and libstdc++6 bring.
OWN = re.compile(r"(ld-linux-x86-64|libc|libm|libdl|librt|libpthread|libutil|"
                 r"libresolv|libanl|libmvec|libnss_\w+|libBrokenLocale|"
                 r"libthread_db|libstdc\+\+|libgcc_s)\.so\.\d+$")


def run(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL,
                          capture_output=True, **options)


class Root:
    """The folder of unstable's base system, with one of ours in it."""

    def __init__(self, folder):
        self.folder = folder
        for kind in ("proc", "dev", "sys"):
            subprocess.run(["mount", "--rbind", "/" + kind, f"{folder}/{kind}"],
                           check=True)
        self.own = tempfile.mkdtemp(prefix="chestnut-", dir=folder + "/tmp")
        os.chmod(self.own, 0o755)
        self.inside = self.own[len(folder):]

    def add(self, path, name):
        """A copy of a file in our folder; its path for those in the root."""
        place = os.path.join(self.own, name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if not os.path.exists(place):
            shutil.copy(path, place)
        return os.path.join(self.inside, name)

    def run(self, command, trace=None):
        """Status and output of a command in a fresh folder."""
        work = os.path.join(self.own, "w")
        os.mkdir(work)
        workloads.prepare(work)
        inside = os.path.join(self.inside, "w")
        words = ["chroot", self.folder, "/usr/bin/env", "-C", inside] + command
        if trace is not None:
            words = ["strace", "-f", "-qq", "-o", trace] + words
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": inside,
                       "LC_ALL": "C.UTF-8",
                       "LD_LIBRARY_PATH": self.inside + "/lib"}
        try:
            done = run(words, env=environment, timeout=120)
            return done.returncode, done.stdout + done.stderr
        except subprocess.TimeoutExpired:
            return "no end within two minutes", b""
        finally:
            shutil.rmtree(work)

    def remove(self):
        shutil.rmtree(self.own)


class Checker:
    def __init__(self, tools, root, folder):
        self.tools = tools
        self.root = root
        self.folder = folder
        self.chestnut = os.path.join(tools, "chestnut")
        self.failed = 0
        self.done = 0
        self.runner = self.add_chestnut()

    def add_libraries(self, path, place, all_of_them=False):
        """Copies what the loader would map here into `place` of the root."""
        listed = run([path], env={"LD_TRACE_LOADED_OBJECTS": "1"}, check=True)
        for library in re.findall(r"=> (/\S+) \(0x", listed.stdout.decode()):
            if all_of_them or not OWN.search(library):
                self.root.add(library, f"{place}/{os.path.basename(library)}")

    def add_chestnut(self):
        """chestnut itself keeps the libc of here: it is not what is tested."""
        self.add_libraries(self.chestnut, "host", all_of_them=True)
        loader = self.root.add(os.path.realpath("/lib64/ld-linux-x86-64.so.2"),
                               "host/loader")
        program = self.root.add(self.chestnut, "host/chestnut")
        return [loader, "--library-path", os.path.dirname(program), program]

    def names(self, source):
        """All that a policy allows, start-up included."""
        out = b""
        for option in ([], ["--startup"]):
            out += run([self.chestnut, "show", "--format", "names", source] +
                       option, check=True).stdout
        return set(out.decode().split())

    def compare(self, title, plain, confined, source):
        self.done += 1
        expected = self.root.run(plain)
        found = self.root.run(confined)
        if expected == found:
            print(f"{title}: as without a policy, status {found[0]}", flush=True)
            return
        self.failed += 1
        trace = os.path.join(self.folder, "trace")
        self.root.run(plain, trace)
        with open(trace, encoding="utf-8", errors="replace") as file:
            missing = own_calls(file.read()) - self.names(source)
        print(f"FAILED {title}: status {found[0]} instead of {expected[0]}; its "
              f"policy lacks, of what strace sees: {' '.join(sorted(missing))}\n"
              f"  {found[1][-200:]!r}\n  {expected[1][-200:]!r}", flush=True)

    def built(self, source):
        """A program of programs/, by the drop-in compiler and by the real one."""
        name, kind = os.path.splitext(source)
        path = os.path.join(HERE, "programs", source)
        driver, real = (("chestnut-c++", "clang++-19") if kind == ".cc" else
                        ("chestnut-cc", "clang-19"))
        flags = ["-O1", "-w", "-pthread", path, "-o"]
        if kind == ".cc":
            flags.insert(0, "-std=c++20")
        confined = os.path.join(self.folder, name)
        plain = confined + "-plain"
        for compiler, output in ((os.path.join(self.tools, driver), confined),
                                 (real, plain)):
            made = run([compiler] + flags + [output])
            if made.returncode != 0:
                self.failed += 1
                print(f"FAILED {source}: {compiler}: {made.stderr.decode()}")
                return
        # Under one name, which may be in the output.
        self.compare(source, [self.root.add(plain, f"plain/{name}")],
                     [self.root.add(confined, f"confined/{name}")], confined)

    def analysed(self, command):
        path = shutil.which(command[0], path="/usr/bin:/bin")
        if path is None:
            return
        policy = os.path.join(self.folder, command[0] + ".json")
        if not os.path.exists(policy):
            made = run([self.chestnut, "analyze", path, "-o", policy])
            if made.returncode == 3:
                print(f"{command[0]}: passed over: {made.stderr.decode()}")
                return
            if made.returncode != 0:
                self.failed += 1
                print(f"FAILED {command[0]}: {made.stderr.decode()}")
                return
        self.add_libraries(path, "lib")
        plain = [self.root.add(path, "bin/" + command[0])] + command[1:]
        confined = self.runner + ["run", "--policy",
                                  self.root.add(policy, command[0] + ".json"),
                                  "--"] + plain
        self.compare(" ".join(command), plain, confined, policy)


def main():
    if "--inside" not in sys.argv:
        made = subprocess.run([os.path.join(HERE, "unstable")],
                              stdout=subprocess.PIPE, text=True)
        if made.returncode != 0:
            return made.returncode
        # What is mounted in the root goes with the namespace.
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private",
                              sys.executable, *sys.argv, "--inside",
                              made.stdout.strip()])
    inside = sys.argv.index("--inside")
    only = sys.argv[2:inside]
    sources = sorted(os.listdir(os.path.join(HERE, "programs")))
    root = Root(sys.argv[inside + 1])
    try:
        with tempfile.TemporaryDirectory() as folder:
            checker = Checker(os.path.abspath(sys.argv[1]), root, folder)
            for source in sources:
                if not only or source in only:
                    checker.built(source)
            for command in COMMANDS:
                if not only or command[0] in only:
                    checker.analysed(command)
    finally:
        root.remove()
    print(f"{checker.done} programs with {version(root)}, {checker.failed} failed")
    return 1 if checker.failed or not checker.done else 0


def version(root):
    """Of unstable's libc, in its own words."""
    libc = root.folder + "/usr/lib/x86_64-linux-gnu/libc.so.6"
    with open(libc, "rb") as file:
        words = re.search(rb"GNU C Library \(.*?\) \w+ release version [0-9.]+",
                          file.read())
    return words[0].decode() if words else "an unknown libc"


if __name__ == "__main__":
    sys.exit(main())
