"""What is measured: each function here makes one section of the report."""

import pathlib
import shlex
import shutil
import statistics

import measure
from measure import alternate, median_text, ratio_text, run, spent, table

LLVM = "/usr/lib/llvm-19/bin/"
PLAIN = {"c": "clang-19", "c++": "clang++-19"}
# git is compiled for its sources, not for what it could be linked with.
GIT_OPTIONS = [f"NO_{name}=1" for name in
               ("OPENSSL", "CURL", "EXPAT", "GETTEXT", "PERL", "PYTHON", "TCLTK", "ICONV")]


class Setup:
    """Where things are, and how long to measure."""

    def __init__(self, root, build, scratch, rounds, everything):
        self.root, self.build, self.scratch = root, build, scratch
        self.rounds, self.everything = rounds, everything
        self.chestnut = str(build / "bin/chestnut")
        self.sandboxing = {"c": str(build / "bin/chestnut-cc"), "c++": str(build / "bin/chestnut-c++")}
        self.musl = [self.sandboxing["c"], "--chestnut-libc=musl"]
        self.programs = root / "bench/programs"

    def source(self, package):
        """A fresh copy of a Debian source package."""
        cached = run([str(self.root / "test/programs/fetch"), package]).strip()
        copy = self.scratch / package
        if not copy.exists():
            shutil.copytree(cached, copy, symlinks=True)
        return copy

    def amalgamation(self):
        """Folder with sqlite3.c, shell.c and sqlite3.h, by sqlite's own make."""
        source = self.source("sqlite3")
        if not (source / "sqlite3.c").exists():
            run(["./configure", "CC=clang-19", "--disable-tcl", "--disable-readline"], cwd=source)
            run(["make", "sqlite3.c", "shell.c"], cwd=source)
        return source

    def link_musl(self, output, *arguments):
        """Links with the drop-in compiler; returns the path as a string."""
        path = str(self.scratch / output)
        run(self.musl + [str(a) for a in arguments] + ["-o", path])
        return path


# --- compile

def compile_cost(setup):
    """Compiling with facts against plain compiling, user CPU."""
    rows = []
    for name, language, cwd, commands in compile_cases(setup):
        def total(compiler, commands=commands, cwd=cwd):
            return sum(spent([compiler] + command, cwd)[0] for command in commands)
        results = alternate(setup.rounds, {
            "plain": lambda: total(PLAIN[language]),
            "facts": lambda: total(setup.sandboxing[language])})
        rows.append([f"{name}, {len(commands)} units",
                     median_text(results["plain"], "s"), median_text(results["facts"], "s"),
                     ratio_text(results["facts"], results["plain"]), "1.05"])
    return ("## Compiling with facts\n\nUser CPU of all compiler processes; clang-19 with the plugin / clang-19, same flags.\n\n"
            + table(["", "plain", "with facts", "ratio", "aim"], rows))


def compile_cases(setup):
    """(name, language, folder, compiler arguments of each unit)"""
    sqlite = setup.amalgamation()
    yield ("sqlite3.c at -O2", "c", sqlite,
           [["-O2", "-DSQLITE_THREADSAFE=1", "-c", "sqlite3.c", "-o", "bench.o"]])
    git = setup.source("git")
    run(["make", "CC=clang-19", *GIT_OPTIONS, "generated-hdrs"], cwd=git)
    dry = run(["make", "-n", "V=1", "CC=BENCH-CC", *GIT_OPTIONS, "git"], cwd=git)
    commands = [shlex.split(line)[1:] for line in dry.splitlines()
                if line.startswith("BENCH-CC") and " -c " in line]
    yield ("git at its own flags" + ("" if setup.everything else ", every tenth"), "c", git,
           commands if setup.everything else commands[::10])
    for name in ("googletest", "googlemock"):
        folder = pathlib.Path("/usr/src/googletest") / name
        unit = "gtest-all.cc" if name == "googletest" else "gmock-all.cc"
        yield (f"{name} at -O2", "c++", folder,
               [["-O2", "-std=c++17", "-I.", "-Iinclude", "-I../googletest/include", "-c", f"src/{unit}",
                 "-o", str(setup.scratch / "bench-cxx.o")]])


# --- link

def link_cost(setup):
    """Facts to policy, and what a link costs more than a plain one."""
    source = setup.amalgamation()
    sysroot, plain_link = plain_linker(setup)
    for unit in ("sqlite3", "shell"):
        run(setup.musl + ["-O2", "-c", f"{unit}.c", "-o", f"facts-{unit}.o"], cwd=source)
        without_facts(source / f"facts-{unit}.o", source / f"plain-{unit}.o")
    empty = setup.scratch / "empty.o"
    run(setup.musl + ["-O2", "-c", str(setup.programs / "empty.c"), "-o", str(empty)])
    without_facts(empty, setup.scratch / "plain-empty.o")
    facts = str(setup.scratch / "sqlite3.facts")
    chestnut_link = setup.musl + ["facts-sqlite3.o", "facts-shell.o", "-o", "sandboxed"]
    run(chestnut_link + [f"--chestnut-facts-out={facts}"], cwd=source)
    policy = [setup.chestnut, "policy", "--facts", facts, "-o", str(setup.scratch / "policy.json")]
    results = alternate(3 * setup.rounds, {
        "policy": lambda: spent(policy, source)[1],
        "plain": lambda: spent(plain_link + ["plain-sqlite3.o", "plain-shell.o", "-o", "plain"], source)[1],
        "sandboxed": lambda: spent(chestnut_link, source)[1],
        "plain empty": lambda: spent(plain_link + ["plain-empty.o", "-o", "plain-empty"], setup.scratch)[1],
        "sandboxed empty": lambda: spent(setup.musl + ["empty.o", "-o", "empty"], setup.scratch)[1]})
    extra = [1000 * (a - b) for a, b in zip(results["sandboxed empty"], results["plain empty"])]
    rows = [
        ["facts to policy, sqlite3 shell with all of musl", "", median_text(results["policy"], "s"), "", "0.3 s"],
        ["linking the sqlite3 shell", median_text(results["plain"], "ms", 1000),
         median_text(results["sandboxed"], "ms", 1000), ratio_text(results["sandboxed"], results["plain"]), "3"],
        ["linking `int main(void) { return 0; }`", median_text(results["plain empty"], "ms", 1000),
         median_text(results["sandboxed empty"], "ms", 1000),
         f"{statistics.median(extra):+.0f} ms", "+60 ms"]]
    shutil.rmtree(sysroot)
    return ("## Linking\n\nWall time; the plain link is clang-19 with the same linker, the same musl and the same "
            "objects, without their facts.\n\n" + table(["", "plain", "Chestnut", "ratio", "aim"], rows))


def without_facts(source, target):
    """The same object or archive, as a plain compiler leaves it."""
    run([LLVM + "llvm-objcopy", "--remove-section=.chestnut.facts", str(source), str(target)])


def plain_linker(setup):
    """A copy of musl's folder without facts, and the plain compiler using it."""
    copy = setup.scratch / "musl"
    shutil.copytree(run([setup.chestnut, "libc", "musl"]).strip(), copy, symlinks=True)
    for path in (copy / "lib").iterdir():
        if path.suffix in (".a", ".o") and not path.is_symlink():
            without_facts(path, path)
    return copy, ["clang-19", "--target=x86_64-linux-musl", f"--sysroot={copy}", "-static"]


# --- run

def run_cost(setup):
    """What the filter costs a running program, against an allow-all filter."""
    variants = {"none": ["--chestnut-unsandboxed"],
                "allow-all": ["--chestnut-unsandboxed", setup.programs / "allow_all.c"],
                "sandboxed": []}
    loops, hellos = {}, {}
    for name, extra in variants.items():
        loops[name] = setup.link_musl(f"loop-{name}", "-O2", setup.programs / "getppid_loop.c", *extra)
        hellos[name] = setup.link_musl(f"hello-{name}", "-O2", setup.programs / "hello.c", *extra)
    calls = alternate(3 * setup.rounds, {
        name: lambda path=path: float(run([path])) for name, path in loops.items()})
    starter = str(setup.scratch / "start")
    run(["clang-19", "-O2", str(setup.programs / "start.c"), "-o", starter])
    lines = run([starter, str(10 * setup.rounds), "50"] + list(hellos.values())).splitlines()
    starts = dict(zip(hellos, zip(*[[float(word) for word in line.split()] for line in lines])))
    rows = []
    for what, results, unit, scale, aim in (
            ("a `getppid` call", calls, "ns", 1, "1.02"),
            ("start and end of hello", starts, "µs", 1e-3, "1.05")):
        rows.append([what] + [median_text(results[name], unit, scale) for name in variants]
                    + [ratio_text(results["sandboxed"], results["allow-all"]), aim,
                       ratio_text(results["sandboxed"], results["none"])])
    return ("## Running\n\nStatic programs with musl under no filter, under one of two instructions that allows "
            "everything, and sandboxed by Chestnut.\n\n"
            + table(["", "no filter", "allow-all", "sandboxed", "sandboxed / allow-all", "aim",
                     "sandboxed / none"], rows))


# --- calls

def calls_allowed(setup):
    """How many system calls the policies of small and real programs allow."""
    rows = []
    for name, sources, aim in (
            ("`puts(\"Hello World!\")`", [setup.programs / "hello.c"], "10"),
            ("file copy (`examples/copy`)", [setup.root / "examples/copy/copy.c"], "16"),
            ("sqlite3 shell", [setup.amalgamation() / name for name in ("sqlite3.c", "shell.c")], "")):
        path = setup.link_musl("counted", "-O1", *sources)
        names = run([setup.chestnut, "show", "--format", "names", path]).split()
        rows.append([name, len(names), aim, " ".join(names)])
    return ("## Calls allowed\n\nStatic programs with musl, filter on from `main`.\n\n"
            + table(["", "calls", "aim", "which"], rows))
