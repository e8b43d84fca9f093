"""Measuring side by side: alternation, ratios with their spread, tables."""

import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple


class Failure(Exception):
    """A command that was to be measured failed."""


def run(command, **options):
    """Runs a command quietly; returns its output, raises Failure with it."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, check=False, **options)
    if result.returncode != 0:
        raise Failure(f"{' '.join(command)}: status {result.returncode}\n{result.stderr[-2000:]}")
    return result.stdout


def output_of(command, accepted, environment):
    """All that a command prints; another status than those raises Failure."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            check=False, env=os.environ | environment)
    if result.returncode not in accepted:
        raise Failure(f"{' '.join(command)}: status {result.returncode}\n{result.stdout[-2000:]}")
    return result.stdout


class Spent(NamedTuple):
    """What a command took."""
    user: float  # seconds of user CPU, all children included
    wall: float  # seconds
    peak: float  # MiB of memory, of its largest process


def spent(command, cwd=None, accepted=(0,), environment=None):
    """Runs a command and measures it; another status than those raises Failure."""
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env=environment and os.environ | environment) as process:
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    if process.returncode not in accepted:
        raise Failure(f"{' '.join(command)}: status {process.returncode}\n"
                      + error.decode(errors="replace")[-2000:])
    return Spent(usage.ru_utime, wall, usage.ru_maxrss / 1024)


def alternate(rounds, cases):
    """Runs all cases once a round, the order turned round each time.

    cases: name -> function that returns a number. Returns name -> numbers, one
    a round, so that the numbers of one round saw the same machine.
    """
    names = list(cases)
    results = {name: [] for name in names}
    for index in range(rounds):
        for name in names if index % 2 == 0 else reversed(names):
            results[name].append(cases[name]())
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return results


def ratio(values, base):
    """Median of the rounds' ratios, and the quartiles around it."""
    ratios = [a / b for a, b in zip(values, base)]
    if len(ratios) == 1:
        return ratios[0], ratios[0], ratios[0]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return middle, low, high


def ratio_text(values, base):
    """A ratio as tables show it: median (quartile–quartile)."""
    middle, low, high = ratio(values, base)
    return f"**{middle:.3f}** ({low:.3f}–{high:.3f})"


def number_text(value, unit):
    """A number as tables show it."""
    return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def median_text(values, unit, scale=1.0):
    """A median as tables show it."""
    return number_text(statistics.median(values) * scale, unit)


def spread_text(values, unit, scale=1.0):
    """A median with its quartiles, for what has nothing to be divided by."""
    values = [value * scale for value in values]
    if len(values) == 1:
        return f"**{number_text(values[0], unit)}**"
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"**{number_text(middle, unit)}** ({number_text(low, unit)}–{number_text(high, unit)})"


def linear_fit(points):
    """(slope, intercept, R²) of the least squares through (x, y) points."""
    xs, ys = zip(*points)
    slope, intercept = statistics.linear_regression(xs, ys)
    middle = statistics.fmean(ys)
    rest = sum((y - slope * x - intercept) ** 2 for x, y in points)
    total = sum((y - middle) ** 2 for y in ys)
    return slope, intercept, 1 - rest / total if total else 1.0


def table(head, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
