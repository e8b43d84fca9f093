"""What people wait for: the section of explain, show, diff and report."""

import json
import pathlib
import subprocess
import sys

import measure
from measure import alternate, number_text, spread_text, table

# Programs with policies of 150 and more calls.
LARGE = ("/usr/bin/gdb", "/usr/bin/git", "/usr/bin/ffmpeg")
REPORTED = 100


def policies(setup):
    """Policies of the first programs of /usr/bin that one can be made of, and of LARGE; their paths by name."""
    made = {}
    programs = [path for path in map(pathlib.Path, LARGE) if path.exists()]
    programs += [path for path in sorted(pathlib.Path("/usr/bin").iterdir()) if path not in programs]
    for program in programs:
        path = setup.scratch / f"of-{program.name}.json"
        # Status 3: places are left open, the policy is written.
        subprocess.run([setup.chestnut, "analyze", program, "-o", path], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if path.exists():
            made[program.name] = path
        if len(made) == REPORTED:
            break
    return made


def narrowed(setup, path):
    """The policy without every tenth of its calls; its path."""
    content = json.loads(path.read_text(encoding="utf-8"))
    always = {"exit", "exit_group", "rt_sigreturn", "restart_syscall"}
    content["calls"] = [call for index, call in enumerate(content["calls"])
                        if index % 10 or call["name"] in always]
    other = setup.scratch / f"before-{path.name}"
    other.write_text(json.dumps(content), encoding="utf-8")
    return other


def answers(setup):
    """Rows of what is asked about policies."""
    made = policies(setup)
    chestnut = str(setup.chestnut)
    page = setup.scratch / "report.html"
    commands = {}
    for name in map(lambda path: pathlib.Path(path).name, LARGE):
        if name not in made:
            print(f"bench: not installed, passed over: {name}", file=sys.stderr)
            continue
        one = str(made[name])
        commands[f"`explain` of `{name}`, one call"] = ([chestnut, "explain", one, "openat"], "100 ms")
        commands[f"`show` of `{name}`"] = ([chestnut, "show", one], "100 ms")
        commands[f"`diff` of two policies of `{name}`"] = (
            [chestnut, "diff", str(narrowed(setup, made[name])), one], "300 ms")
    report = [chestnut, "report", *map(str, made.values()), "-o", str(page)]
    commands[f"`report` of {len(made)} policies"] = (report, "5 s")
    # diff ends with 1 where a policy grew, show with 3 where one is incomplete.
    results = alternate(setup.rounds, {
        name: lambda words=words: measure.spent(words, accepted=(0, 1, 3)).wall
        for name, (words, _) in commands.items()})
    rows = [[name, spread_text(results[name], "ms", 1e3), aim] for name, (_, aim) in commands.items()]
    size = page.stat().st_size / 1e6
    return rows + [["size of that report", f"**{number_text(size, 'MB')}**", "2 MB"]]


def people_cost(setup):
    """Questions about policies that are there."""
    return ("## Answers\n\nWall time of a command, start and end of the process included.\n\n"
            + table(["", "", "aim"], answers(setup)))
