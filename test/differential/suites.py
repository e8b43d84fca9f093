"""What the standing comparisons compile, and with which flags."""

import dataclasses
import pathlib
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FETCH = HERE.parent / "programs" / "fetch"
GOOGLETEST = pathlib.Path("/usr/src/googletest")


@dataclasses.dataclass
class Command:
    """One compile: folder, source, and the flags without source and output."""

    directory: str
    source: str
    arguments: list


def fail(message):
    """Ends the run: the sources are not to be had."""
    print(f"chestnut: {message}", file=sys.stderr)
    sys.exit(2)


def run(words, folder):
    """Returns what a step of somebody's build prints."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(f"{shlex.join(map(str, words))}: {done.stderr.strip() or done.stdout.strip()[-2000:]}")
    return done.stdout


def source_package(name, work):
    """Returns a fresh copy of a Debian source package."""
    folder = work / name
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(run([FETCH, name], HERE).strip(), folder, symlinks=True)
    return folder


def compiles_of(output, folder, suffix):
    """Returns the compiles that `make -n CC=clang-19` prints, libtool's too."""
    commands = []
    for line in output.replace("\\\n", " ").splitlines():
        try:
            words = shlex.split(line)
        except ValueError:
            continue
        sources = [w for w in words if w.endswith(suffix) and not w.startswith("-")]
        if "-c" in words and "clang-19" in words and len(sources) == 1:
            arguments = [w for w in words[words.index("clang-19") + 1:] if w != sources[0]]
            commands.append(Command(str(folder), sources[0], arguments))
    return commands


def constructs(_):
    """Each file of constructs at several flags: headers depend on them."""
    c_flags = (["-O0"], ["-O2", "-D_FORTIFY_SOURCE=2", "-fPIC"], ["-O1", "-std=gnu17", "-fno-builtin", "-fcommon"],
               ["-Os", "-ffast-math", "-fno-pic", "-fgnu89-inline"], ["-O2", "-fexceptions", "-mcx16"])
    cxx_flags = (["-std=c++20", "-O0"], ["-std=c++20", "-O2", "-fPIC"])
    sources = [("constructs.c", c_flags), ("constructs.cc", cxx_flags), ("constructs_coroutine.cc", cxx_flags)]
    return [Command(str(HERE), source, flags) for source, all_flags in sources for flags in all_flags]


def googletest(_):
    """googletest and googlemock, and every third of their tests: all would take an hour."""
    flags = ["-std=c++17", "-O2", "-DGTEST_HAS_PTHREAD=1"]
    flags += [f"-I{GOOGLETEST / part}{sub}" for part in ("googletest", "googlemock") for sub in ("/include", "")]
    sources = sorted(GOOGLETEST.glob("*/src/*-all.cc")) + sorted(GOOGLETEST.glob("*/src/*_main.cc"))
    sources += [s for s in sorted(GOOGLETEST.glob("*/test/*.cc")) if "all_test" not in s.name][::3]
    if len(sources) < 10:
        fail(f"{GOOGLETEST} has no sources; install libgtest-dev and libgmock-dev")
    return [Command(str(GOOGLETEST), str(s.relative_to(GOOGLETEST)), flags) for s in sources]


def sqlite(work):
    """The amalgamation and the shell, configured by their own build."""
    folder = source_package("sqlite3", work)
    run(["./configure", "CC=clang-19", "--disable-shared", "--disable-readline"], folder)
    run(["make", "sqlite3.c", "shell.c"], folder)
    library = compiles_of(run(["make", "-n", "libsqlite3.la"], folder), folder, "sqlite3.c")
    if not library:
        fail("sqlite3: make -n shows no compile of sqlite3.c")
    flags = library[0].arguments
    return [Command(str(folder), "sqlite3.c", flags),
            Command(str(folder), "sqlite3.c", flags + ["-O0", "-DSQLITE_DEBUG", "-DSQLITE_ENABLE_FTS5",
                                                       "-DSQLITE_ENABLE_RTREE", "-DSQLITE_ENABLE_SESSION",
                                                       "-DSQLITE_ENABLE_PREUPDATE_HOOK"]),
            Command(str(folder), "shell.c", flags)]


def musl(work):
    """Every C unit of the library, configured by its own build."""
    folder = source_package("musl", work)
    run(["./configure", "CC=clang-19", "--disable-shared"], folder)
    commands = compiles_of(run(["make", "-n"], folder), folder, ".c")
    # Headers that the build makes on the way.
    run(["make", "obj/include/bits/alltypes.h", "obj/include/bits/syscall.h", "obj/src/internal/version.h"], folder)
    if len(commands) < 1000:
        fail(f"musl: make -n shows {len(commands)} compiles, not those of the whole library")
    return commands


SUITES = {"constructs": constructs, "googletest": googletest, "sqlite": sqlite, "musl": musl}
