"""What Chestnut adds to builds, and how facts and policies grow with a repository."""

import pathlib
import shlex
import statistics

import cases
import measure
import monorepo
from measure import alternate, median_text, ratio_text, run, spent, table


def units_of_redis(setup):
    """(folder, compiler arguments of each unit) of the server, at -O2."""
    source = setup.source("redis") / "src"
    run(["make", "-j2", "CC=clang-19", "OPTIMIZATION=-O2", "redis-server"], cwd=source)
    dry = run(["make", "-n", "-B", "V=1", "CC=BENCH-CC", "OPTIMIZATION=-O2", "redis-server"], cwd=source)
    return source, [shlex.split(line)[1:] for line in dry.splitlines()
                    if line.startswith("BENCH-CC") and " -c " in line and line.endswith(".c")]


def units_of_git(setup):
    git = setup.source("git")
    run(["make", "CC=clang-19", *cases.GIT_OPTIONS, "generated-hdrs"], cwd=git)
    dry = run(["make", "-n", "V=1", "CC=BENCH-CC", *cases.GIT_OPTIONS, "git"], cwd=git)
    return git, [shlex.split(line)[1:] for line in dry.splitlines()
                 if line.startswith("BENCH-CC") and " -c " in line]


def units_of_abseil(setup):
    source = setup.source("abseil")
    files = sorted(str(path.relative_to(source)) for path in source.glob("absl/**/*.cc")
                   if not any(word in path.name for word in ("test", "benchmark", "mock", "nonce", "poison")))
    return source, [["-O2", "-std=c++17", "-I.", "-c", file, "-o", "bench.o"] for file in files]


def units_of_googletest(setup):
    folder = pathlib.Path("/usr/src/googletest/googletest")
    return folder, [["-O2", "-std=c++17", "-I.", "-Iinclude", "-c", "src/gtest-all.cc",
                     "-o", str(setup.scratch / "bench-gtest.o")]]


def drop_output(arguments):
    """The arguments without what they write: object and dependencies."""
    result, skip = [], False
    for argument in arguments:
        if skip or argument in ("-c", "-MMD", "-MD", "-MP"):
            skip = False
        elif argument in ("-o", "-MF", "-MQ", "-MT"):
            skip = True
        else:
            result.append(argument)
    return result


# name: (its units, language, every how many-th of them unless everything is compiled)
PROJECTS = {"redis": (units_of_redis, "c", 5), "git": (units_of_git, "c", 20),
            "abseil": (units_of_abseil, "c++", 6), "googletest": (units_of_googletest, "c++", 1)}


def build_cost(setup, projects=tuple(PROJECTS), every=None):
    """The plugin beside plain compiling, the separate pass beside parsing."""
    rows = []
    for name in projects:
        units_of, language, usual = PROJECTS[name]
        cwd, units = units_of(setup)
        units = units[::every or (1 if setup.everything else usual)]
        results = one_project(setup, cwd, units, language)
        rows.append([f"{name}, {len(units)} units", median_text(results["plain"], "s"),
                     ratio_text(results["plugin"], results["plain"]), "1.05",
                     ratio_text(results["pass"], results["parse"]), "1.00",
                     ratio_text(results["parse"], results["plain"]), ratio_text(results["pass"], results["plain"])])
    return ("## Build overhead\n\nUser CPU of all units' compilations from nothing, at the project's own flags (-O2): clang-19 with "
            "the plugin / clang-19, and the separate pass of the Bazel rules and of gcc builds, `chestnut-frontend`, "
            "/ `clang-19 -fsyntax-only`; both of these / the plain compilation.\n\n"
            + table(["", "plain", "plugin / plain", "aim", "pass / parse", "aim", "parse / plain", "pass / plain"], rows))


def one_project(setup, cwd, units, language):
    plain, sandboxing = cases.PLAIN[language], setup.sandboxing[language]
    frontend = str(setup.build / "bin/chestnut-frontend")
    facts = str(setup.scratch / "pass.facts")

    def total(command_of):
        return sum(spent(command_of(unit), cwd).user for unit in units)
    return alternate(setup.rounds, {
        "plain": lambda: total(lambda unit: [plain] + unit),
        "plugin": lambda: total(lambda unit: [sandboxing] + unit),
        "parse": lambda: total(lambda unit: [plain, "-fsyntax-only"] + drop_output(unit)),
        "pass": lambda: total(lambda unit: [frontend, "-o", facts, "--", plain] + unit)})


def repository_cost(setup, sizes=(500, 1000, 2000, 5000), folder=None):
    """Facts to policy of one program, by the number of its units.

    folder: where write_units and compilation have been done already.
    """
    compiled = folder is not None
    folder = folder or setup.scratch / "units"
    programs = monorepo.names(sizes) if compiled else monorepo.write_units(folder, sizes)
    if not compiled:
        compile_units(setup, folder, sorted({name for names in programs.values() for name in names}))
    for size, names in programs.items():
        (folder / f"arguments{size}").write_text(" ".join([f"-o program{size}"] + [f"{name}.o" for name in names]))
    points, rows = [], []
    measured = {size: [] for size in sizes}
    for _ in range(setup.rounds):
        for size in sizes:
            measured[size].append((
                spent([setup.chestnut, "link", "-o", f"program{size}", "--policy-only", "--policy-out",
                       f"policy{size}.json", "--", "clang-19", f"@arguments{size}"], folder),
                spent(["clang-19", f"@arguments{size}"], folder)))
    for size, rounds in measured.items():
        user = statistics.median(policy.user for policy, _ in rounds)
        linker = statistics.median(plain.user for _, plain in rounds)
        points.append((size, user - linker))
        rows.append([f"{size}", f"**{user:.2f} s**", "3 s" if size == 5000 else "",
                     f"{linker:.2f} s", f"{user - linker:.2f} s",
                     f"{max(policy.peak for policy, _ in rounds):.0f} MiB", "1024 MiB" if size == 5000 else ""])
    slope, intercept, quality = measure.linear_fit(points)
    return ("## Large programs\n\nThe policy of one program of small units with the system's libc, all that the link's "
            "analysis does (`chestnut link --policy-only`, the linker's own run included), beside the plain link with GNU ld.\n"
            f"What it takes beyond that link is near {1000 * slope:.3f} ms for each unit {intercept:+.2f} s (least squares, R² = {quality:.3f}).\n\n"
            + table(["units", "user CPU", "aim", "the plain link", "beyond it", "peak", "aim"], rows))


def compile_units(setup, folder, names):
    """Objects with their facts."""
    for first in range(0, len(names), 200):
        run([setup.sandboxing["c"], "-O1", "-I.", "-c"] + [f"{name}.c" for name in names[first:first + 200]],
            cwd=folder)
