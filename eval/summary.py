"""From the results of all programs to figures, and from these to Markdown."""

import collections
import re
import statistics

# A step of a witness gives its reason in words that name functions; these do not.
NAMED = re.compile(r", which .*$| by .* in .*$")


def figures_of(results, point):
    """Mean, median and extremes of the numbers of calls at an install point."""
    counts = [len(result["calls"][point]) for result in results if point in result["calls"]]
    if not counts:
        return {"programs": 0}
    return {"programs": len(counts), "mean": round(statistics.mean(counts), 2),
            "median": statistics.median(counts), "least": min(counts), "most": max(counts)}


def reason_of(program, entry):
    """An incomplete place's reason without what is particular to it."""
    reason = re.sub(r" \(\S+\+0x[0-9a-f]+\)", "", entry["reason"].split(";")[0])
    reason = re.sub(r"\bin \S+ is not known", "is not known", reason)
    reason = re.sub(r"is not known: \S+ is called", "is not known: its function is called", reason)
    module = entry["place"].rsplit("+", 1)[0]
    return f"{'the program itself' if module == program else module}: {reason}"


def ranked(counter):
    """[[what, how often]] with the most frequent first."""
    return [[what, count] for what, count in sorted(counter.items(), key=lambda item: (-item[1], item[0]))]


def incomplete_reasons(results):
    """Reasons ranked by how many programs they make incomplete."""
    counter = collections.Counter()
    for result in results:
        counter.update({reason_of(result["program"], entry) for entry in result["incomplete"]})
    return ranked(counter)[:20]


def cause_of(witness):
    """(kind of edge, where it leads) of the last step that is no plain call."""
    for step in reversed(witness):
        if step.get("reason"):
            kind = NAMED.sub("", step["reason"])
            module = (step.get("place") or "").rsplit("+", 1)[0]
            function = step.get("function", "")
            if function.startswith("sub_") or not module:
                # Addresses would tell builds apart, not causes.
                function = f"a function at {step.get('place')}" if module else function
            return kind, f"{module}: {function}" if module else function
    return "a plain call", ""


def causes(results):
    """Why calls are allowed that no run of an exercised program made."""
    kinds, places = collections.Counter(), collections.Counter()
    for result in results:
        for kind, place in result.get("unseen", []):
            kinds[kind] += 1
            if place:
                places[f"{kind}: {place}"] += 1
    return {"kinds": ranked(kinds), "places": ranked(places)[:20]}


def missing_of(results):
    """[[program, calls that it made and its policy lacks]]"""
    return [[result["program"], result["missing"]] for result in results if result["missing"]]


def summarize(results, absent):
    """All figures, from one result a program (evaluation.py) and the programs
    that this machine has not got."""
    analysed = [result for result in results if not result["error"]]
    complete = [result for result in analysed if not result["incomplete"]]
    exercised = [result for result in analysed if result["commands"]]
    groups = {"all": analysed, "complete": complete,
              "exercised": exercised,
              "not exercised": [result for result in analysed if not result["commands"]]}
    return {
        "drawn": len(results) + len(absent),
        "absent": absent,
        "not analysed": [[result["program"], result["error"]] for result in results if result["error"]],
        "main_unknown": [result["program"] for result in analysed if result["main_unknown"]],
        "incomplete": len(analysed) - len(complete),
        "incomplete_reasons": incomplete_reasons(analysed),
        "groups": {name: {point: figures_of(group, point) for point in ("main", "entry")}
                   for name, group in groups.items()},
        "commands": sum(result["commands"] for result in exercised),
        # A policy that is marked as incomplete says itself that it lacks calls.
        "missing": missing_of(result for result in exercised if not result["incomplete"]),
        "missing_of_incomplete": missing_of(result for result in exercised if result["incomplete"]),
        "causes": causes(exercised),
    }


def table(head, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def groups_table(groups):
    """Figures of each group at both install points."""
    rows = []
    for name, points in groups.items():
        for point, figures in points.items():
            if figures["programs"]:
                rows.append([name, figures["programs"], f"`{point}`", f"**{figures['mean']:.1f}**",
                             f"{figures['median']:g}", figures["least"], figures["most"]])
    return table(["programs", "how many", "`--at`", "mean", "median", "least", "most"], rows)


def programs_table(results):
    """A line a program."""
    rows = []
    for result in results:
        if result["error"]:
            rows.append([f"`{result['program']}`", result["package"], "", "", "", result["error"]])
            continue
        rows.append([f"`{result['program']}`", result["package"], len(result["calls"]["main"]),
                     len(result["calls"]["entry"]), result["commands"] or "",
                     f"{len(result['incomplete'])} places open" if result["incomplete"] else ""])
    return table(["program", "package", "`main`", "`entry`", "commands run", ""], rows)


def list_of(pairs, nothing):
    """A Markdown table of ranked things."""
    return table(["how often", "what"], [[count, what] for what, count in pairs]) if pairs else nothing + "\n"


def names(programs):
    """A list of programs in a sentence."""
    return ", ".join(f"`{program}`" for program in programs) or "none"


def markdown(summary, results):
    """The report."""
    missing, expected = ("".join(f"* `{program}`: {' '.join(calls)}\n" for program, calls in summary[key]) or "None.\n"
                         for key in ("missing", "missing_of_incomplete"))
    failed = "".join(f"* `{program}`: {error}\n" for program, error in summary["not analysed"]) or "None.\n"
    exercised = summary["groups"]["exercised"]["main"]["programs"]
    return f"""\
## Figures

{summary['drawn']} programs drawn; not installed here: {names(summary['absent'])}. {summary['incomplete']} are incomplete (exit status 3);
their numbers count what is known. Without a main that can be found, so that the figure for the entry point stands for it:
{names(summary['main_unknown'])}.

{groups_table(summary['groups'])}
## Held against what programs do

{summary['commands']} commands of {exercised} programs ran under strace; each call that a program made from `main` on has to be in
its policy for `main`. Missing:

{missing}
Of programs whose policies are incomplete, which is why nothing enforces them:

{expected}
## What is incomplete, and why

How many programs have at least one place of the kind.

{list_of(summary['incomplete_reasons'], "Nothing is.")}
## Why calls are allowed that no run made

Of the exercised programs. What counts is the last step of a call's witness that is not a plain call; that a run did not make
a call does not say that the program cannot.

{list_of(summary['causes']['kinds'], "There are none.")}
The most frequent ones with the function that they lead to:

{list_of(summary['causes']['places'], "There are none.")}
## Not analysed

{failed}
## Each program

{programs_table(results)}"""
