"""What it costs to have the filter put into a program: the section of `chestnut patch`."""

import json
import pathlib
import shutil
import statistics
import sys

import measure
from finalyzer_cases import policy
from measure import alternate, median_text, number_text, ratio_text, run, table

# What the growth of a file is shown for, and a program of about 10 MB.
USUAL = ("/usr/bin/true", "/usr/bin/grep", "/usr/bin/tar", "/usr/bin/git")
LARGE = "/usr/bin/gdb"


def patch(setup, program, policy_file, output):
    """Runs `chestnut patch`; returns what it took."""
    words = [setup.chestnut, "patch", "--force", "--policy", policy_file, program, "-o", output]
    return measure.spent([str(word) for word in words])


def decided(setup, program):
    """The program's policy as if all that it leaves open were decided; its path."""
    path = policy(setup, program, pathlib.Path(program).name)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["incomplete"] = []
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def start_cost(setup):
    """The row of a program that does nothing, dynamic, by the system's compiler."""
    paths = {name: str(setup.scratch / f"nothing-{name}") for name in ("none", "allow-all", "patched")}
    compiler = ["gcc", "-O2", str(setup.programs / "empty.c")]
    run([*compiler, "-o", paths["none"]])
    run([*compiler, str(setup.programs / "allow_all.c"), "-o", paths["allow-all"]])
    patch(setup, paths["none"], decided(setup, paths["none"]), paths["patched"])
    starter = str(setup.scratch / "starter")
    run(["clang-19", "-O2", str(setup.programs / "start.c"), "-o", starter])
    lines = run([starter, str(10 * setup.rounds), "50", *paths.values()]).splitlines()
    starts = dict(zip(paths, zip(*[[float(word) for word in line.split()] for line in lines])))
    return ["start and end of `int main(void) { return 0; }`"] + [
        median_text(starts[name], "µs", 1e-3) for name in paths] + [
            ratio_text(starts["patched"], starts["allow-all"]) + " of allow-all", "1.05"]


def time_cost(setup):
    """The row of a large program, its policy being there; none if it is not installed."""
    if shutil.which(LARGE) is None:
        print(f"bench: not installed, passed over: {LARGE}", file=sys.stderr)
        return []
    target = str(setup.scratch / "large")
    made = decided(setup, LARGE)
    results = alternate(3 * setup.rounds, {
        "copy": lambda: measure.spent(["cp", LARGE, target]).wall,
        "patch": lambda: patch(setup, LARGE, made, target).wall})
    size = pathlib.Path(LARGE).stat().st_size / 1e6
    return [[f"patching a program of {size:.1f} MB (beside: `cp`)", median_text(results["copy"], "ms", 1e3), "",
             median_text(results["patch"], "ms", 1e3), f"**{number_text(1e3 * statistics.median(results['patch']), 'ms')}**",
             "50 ms"]]


def growth(setup):
    """Rows of how much longer files become."""
    rows = []
    for program in USUAL:
        output, made = setup.scratch / "grown", decided(setup, program)
        patch(setup, program, made, output)
        calls = len(json.loads(made.read_text(encoding="utf-8"))["calls"])
        more = output.stat().st_size - pathlib.Path(program).stat().st_size
        rows.append([f"growth of {pathlib.Path(program).name}, {calls} calls", "", "", "", f"**{more} bytes**",
                     "12288 bytes"])
    return rows


def patch_cost(setup):
    """Patched programs beside those that they were made of."""
    rows = [start_cost(setup), *time_cost(setup), *growth(setup)]
    return ("## Patched programs\n\nDynamic programs alone, with a filter of two instructions that allows everything, and "
            "patched; wall time, no analysis.\n\n"
            + table(["", "plain", "allow-all", "patched", "figure", "aim"], rows))
