"""What is measured of binaries: sections of the report, like those of cases.py."""

import os
import pathlib
import shutil
import statistics
import struct
import sys

import generated
import measure
from cases import without_facts
from measure import alternate, linear_fit, median_text, ratio_text, run, spent, spread_text, table

LIBC = "/lib/x86_64-linux-gnu/libc.so.6"
# An incomplete policy takes the same work.
ACCEPTED = (0, 3)
USUAL = ("true", "ls", "sort", "tar", "grep", "bash", "git", "openssl", "curl", "python3", "nginx")
SCALING = ("true", "ls", "tar", "grep", "bash", "openssl", "git", "curl", "python3", "perl", "vim.basic",
           "gdb", "nginx", "apt-get", "systemctl", "cmake", "ffprobe", "ffmpeg")


def find(programs):
    """Name -> path of those that are installed; says which are not."""
    found = {name: shutil.which(name, path="/usr/bin:/usr/sbin") for name in programs}
    absent = [name for name, path in found.items() if path is None]
    if absent:
        print(f"bench: not installed, passed over: {' '.join(absent)}", file=sys.stderr)
    return {name: path for name, path in found.items() if path}


def cache(setup):
    """The environment with a cache folder of the benchmark's own."""
    return {"XDG_CACHE_HOME": str(setup.scratch / "cache")}


# --- analysis

def analysis_cost(setup):
    """`chestnut analyze` against objdump, and on its own."""
    def analyse(path, *options):
        return spent([setup.chestnut, "analyze", path, "--format", "names", *options],
                     accepted=ACCEPTED, environment=cache(setup))
    results = alternate(3 * setup.rounds, {
        "objdump": lambda: spent(["objdump", "-d", LIBC]).user,
        "analyze": lambda: analyse(LIBC, "--no-cache").user})
    rows = [["`libc.so.6`, cold", median_text(results["objdump"], "s"), median_text(results["analyze"], "s"),
             ratio_text(results["analyze"], results["objdump"]), "1.0"]]
    text = ("## Analysing binaries\n\nUser CPU of `chestnut analyze`, of libc.so.6 with all that it loads (the dynamic "
            "loader and libgcc_s) against `objdump -d` of libc.so.6 alone.\n\n"
            + table(["", "objdump -d", "analyze", "ratio", "aim"], rows))
    usual = find(USUAL)
    for path in usual.values():
        analyse(path)
    warm = alternate(setup.rounds, {name: lambda path=path: analyse(path) for name, path in usual.items()})
    text += ("\nWith the facts of all modules in the cache; median and quartiles of user CPU, peak memory (never less than what the\n"
             "measuring process itself has).\n\n"
             + table(["", "user CPU", "peak", "aim"],
                     [[f"`{name}`", spread_text([each.user for each in results], "ms", 1000),
                       median_text([each.peak for each in results], "MiB"), "150 ms"]
                      for name, results in warm.items()]))
    large = find(["ffmpeg"])
    if large:
        results = [analyse(large["ffmpeg"], "--no-cache") for _ in range(max(3, setup.rounds))]
        files = modules(setup, large["ffmpeg"])
        code = sum(code_bytes(path) for path in files) / 1e6
        text += (f"\n`ffmpeg` with all that it loads, {len(files)} modules with {code:.0f} MB of code, cold:\n\n"
                 + table(["", "", "aim"],
                         [["user CPU", spread_text([each.user for each in results], "s"), "30 s"],
                          ["peak", spread_text([each.peak for each in results], "MiB"), "1024 MiB"]]))
    return text


def modules(setup, path):
    """Files of all modules of a program."""
    command = [setup.chestnut, "analyze", path, "--format", "names", "--stats"]
    done = measure.output_of(command, ACCEPTED, cache(setup))
    lines = [line.removeprefix("module: ") for line in done.splitlines() if line.startswith("module: ")]
    return [line.removesuffix(" (at run time)") for line in lines]


def code_bytes(path):
    """Bytes of the executable sections of an ELF file, 0 if it has none."""
    with open(path, "rb") as file:
        header = file.read(64)
        offset, = struct.unpack_from("<Q", header, 40)
        size, count = struct.unpack_from("<HH", header, 58)
        file.seek(offset)
        table_bytes = file.read(size * count)
    total = 0
    for index in range(len(table_bytes) // size if size else 0):
        flags, = struct.unpack_from("<Q", table_bytes, index * size + 8)
        length, = struct.unpack_from("<Q", table_bytes, index * size + 32)
        if flags & 4:  # SHF_EXECINSTR
            total += length
    return total


# --- scaling

def scaling(setup):
    """Time against the size of the code."""
    points = {}
    for name, path in find(SCALING).items():
        code = sum(code_bytes(file) for file in modules(setup, path)) / 1e6
        times = [spent([setup.chestnut, "analyze", path, "--format", "names", "--no-cache"],
                       accepted=ACCEPTED, environment=cache(setup)).user
                 for _ in range(min(3, setup.rounds))]
        points[name] = code, statistics.median(times)
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    slope, intercept, quality = linear_fit(list(points.values()))
    largest = max(seconds for _, seconds in points.values())
    rows = []
    for name, (code, seconds) in sorted(points.items(), key=lambda item: item[1]):
        fitted = slope * code + intercept
        rows.append([f"`{name}`", f"{code:.1f}", f"{seconds:.2f}", f"{seconds / code * 1000:.0f}", f"{fitted:.2f}",
                     f"{seconds - fitted:+.2f}", "█" * round(30 * seconds / largest)])
    return ("## Time against size\n\nWhole programs with all that they load, cold: `chestnut analyze --no-cache`. The line is "
            f"the least squares' {slope * 1000:.0f} ms for each MB of code {intercept:+.2f} s, R² = {quality:.3f}.\n\n"
            + table(["", "MB of code", "user CPU, s", "ms/MB", "line, s", "off it, s", ""], rows))


# --- link

def link_cost(setup):
    """What `chestnut c++` takes at a link more than the plain compiler."""
    folder = setup.scratch / "units"
    folder.mkdir()
    names = generated.write_program(folder, units=100)
    compiler = setup.sandboxing["c++"]
    environment = cache(setup)
    plain_objects = []
    for name in names:
        run([compiler, "-O1", "-std=c++17", "-c", f"{name}.cc", "-o", f"{name}.o"], cwd=folder)
        without_facts(folder / f"{name}.o", folder / f"plain-{name}.o")
        plain_objects.append(f"plain-{name}.o")
    objects = [f"{name}.o" for name in names]
    chestnut_link = [compiler, *objects, "-pthread", "-o", "sandboxed"]
    plain_link = ["clang++-19", *plain_objects, "-pthread", "-o", "plain"]
    spent(chestnut_link, folder, environment=environment)
    check_runs(folder)
    results = alternate(setup.rounds, {
        "plain": lambda: spent(plain_link, folder),
        "sandboxed": lambda: spent(chestnut_link, folder, environment=environment)})
    rows = []
    for index, what in enumerate(("user CPU", "wall time")):
        plain = [each[index] for each in results["plain"]]
        sandboxed = [each[index] for each in results["sandboxed"]]
        extra = [b - a for a, b in zip(plain, sandboxed)]
        rows.append([what, median_text(plain, "s"), median_text(sandboxed, "s"), spread_text(extra, "s"), "+1.0 s"])
    return ("## Linking C++ with the system's libraries\n\nA generated program of 100 units with libstdc++ and glibc, facts of the "
            "libraries in the cache; the plain link is clang-19's of the same objects without their facts.\n\n"
            + table(["", "plain", "Chestnut", "more", "aim"], rows))


def check_runs(folder):
    """A link that makes nothing that runs is not worth a figure."""
    run([str(pathlib.Path(folder) / "sandboxed")], cwd=folder)
    if not os.path.getsize(pathlib.Path(folder) / "sandboxed"):
        raise measure.Failure("the linked program is empty")
