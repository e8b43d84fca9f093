"""Measuring side by side: alternation, ratios with their spread, tables."""

import os
import statistics
import subprocess
import sys
import time


class Failure(Exception):
    """A command that was to be measured failed."""


def run(command, **options):
    """Runs a command quietly; returns its output, raises Failure with it."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, check=False, **options)
    if result.returncode != 0:
        raise Failure(f"{' '.join(command)}: status {result.returncode}\n{result.stderr[-2000:]}")
    return result.stdout


def spent(command, cwd=None):
    """Returns (user CPU seconds with all children, wall seconds)."""
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    if process.returncode != 0:
        raise Failure(f"{' '.join(command)}: status {process.returncode}\n"
                      + error.decode(errors="replace")[-2000:])
    return usage.ru_utime, wall


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


def median_text(values, unit, scale=1.0):
    """A median as tables show it."""
    middle = statistics.median(values) * scale
    return f"{middle:.3g} {unit}" if middle < 100 else f"{middle:.0f} {unit}"


def table(head, rows):
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
