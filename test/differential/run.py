#!/usr/bin/env python3
"""Compiles units to facts and to IR at once, and holds one against the other.

    run.py [OPTIONS] --suite NAME           constructs, googletest, sqlite or musl
    run.py [OPTIONS] --database FILE [--match REGEX]   a compile_commands.json
    run.py [OPTIONS] FILE... -- FLAG...     each file with these flags

Prints the edges that facts lack, one a line, and a summary. Exit status: 0 if
there are none, 1 if some are missing or nothing was compared, 2 for wrong use
or a unit that does not compile.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import suites

SUMMARY = re.compile(r"(units|functions|objects|edges|missing) (\d+)")
COUNTED = re.compile(r"(excepted|left to the relocation check) (\d+): (.*)")
# Options with their argument in the next word that name what a compile writes.
OUTPUT_OPTIONS = ("-o", "-MF", "-MT", "-MQ")
OUTPUT_FLAGS = re.compile(r"-(c|S|M|MM|MD|MMD|MP|MG|save-temps.*|flto.*|g\d?|ggdb\d?|gdwarf.*|pipe)$")


@dataclasses.dataclass
class Result:
    """What the comparison of one unit said."""

    unit: str
    status: int
    lines: list
    error: str
    numbers: dict
    counted: dict


def fail(message):
    """Ends the run for wrong use."""
    print(f"chestnut: {message}", file=sys.stderr)
    sys.exit(2)


def without_outputs(arguments):
    """Drops what says where a compile writes and which form its output has."""
    kept, skip = [], False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in OUTPUT_OPTIONS:
            skip = True
        elif not OUTPUT_FLAGS.match(argument) and not re.match(r"-o.|-M[FTQ].", argument):
            kept.append(argument)
    return kept


def database_commands(path, match):
    """Returns the commands of a compilation database."""
    try:
        entries = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{path}: {error}")
    commands = []
    for entry in entries:
        if not re.search(match, entry["file"]):
            continue
        words = entry.get("arguments") or shlex.split(entry["command"])
        arguments = [w for w in words[1:] if w not in (entry["file"], "--")]
        commands.append(suites.Command(entry["directory"], entry["file"], arguments))
    return commands


class Runner:
    """Runs the two compilers and the comparison for one unit at a time."""

    def __init__(self, options):
        self.options = options
        self.work = pathlib.Path(options.work)
        self.work.mkdir(parents=True, exist_ok=True)

    def compiler(self, source):
        """Returns the driver for a source by its name."""
        cxx = pathlib.Path(source).suffix in (".cc", ".cpp", ".cxx", ".C")
        return self.options.clangxx if cxx else self.options.clang

    def run(self, number, command):
        """Returns the Result of one unit."""
        base = self.work / f"{number:04}-{pathlib.Path(command.source).name}"
        facts, ir = f"{base}.facts", f"{base}.bc"
        # One compile makes both, so that both see the same flags.
        compiled = subprocess.run(
            [self.compiler(command.source), *without_outputs(command.arguments), "-w", "-gline-tables-only",
             "-Xclang", "-disable-llvm-passes", "-emit-llvm", f"-fplugin={self.options.plugin}",
             f"-fplugin-arg-chestnut-out={facts}", "-c", command.source, "-o", ir],
            cwd=command.directory, capture_output=True, text=True, check=False)
        if compiled.returncode != 0:
            return Result(command.source, 2, [], compiled.stderr.strip(), {}, {})
        compared = subprocess.run([self.options.compare, facts, ir], capture_output=True, text=True, check=False)
        result = Result(command.source, compared.returncode, [], compared.stderr.strip(), {}, {})
        for line in compared.stdout.splitlines():
            if line.startswith("units "):
                result.numbers = {key: int(value) for key, value in SUMMARY.findall(line)}
            elif counted := COUNTED.match(line):
                result.counted[(counted.group(1), counted.group(3))] = int(counted.group(2))
            else:
                result.lines.append(line)
        if not self.options.keep:
            for file in (facts, ir):
                os.unlink(file)
        # One file may have nothing to compare; all together may not.
        if result.status == 1 and result.numbers.get("edges") == 0 and not result.lines:
            result.status = 0
        return result

    def run_all(self, commands):
        """Returns the results in the order of the commands."""
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            return list(pool.map(self.run, range(len(commands)), commands))


def report(results):
    """Prints all results and returns the exit status."""
    totals, counted, lines, status = {}, {}, set(), 0
    for result in results:
        status = max(status, result.status)
        lines.update(result.lines)
        if result.status not in (0, 1) or (result.status == 1 and not result.lines):
            print(f"{result.unit}: {result.error}", file=sys.stderr)
        for key, value in result.numbers.items():
            totals[key] = totals.get(key, 0) + value
        for key, value in result.counted.items():
            counted[key] = counted.get(key, 0) + value
    for line in sorted(lines):
        print(line)
    for (kind, reason), value in sorted(counted.items()):
        print(f"{kind} {value}: {reason}")
    print(", ".join(f"{key} {totals.get(key, 0)}" for key in ("units", "functions", "objects", "edges", "missing")))
    if totals.get("edges", 0) == 0:
        print("chestnut: no edge was compared", file=sys.stderr)
        return max(status, 1)
    return status


def parse(arguments):
    """Returns the options; those after `--` are compiler flags."""
    flags = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, flags = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plugin", required=True)
    parser.add_argument("--compare", required=True, help="the program test_differential_ir_facts")
    parser.add_argument("--work", required=True, help="folder for what is made on the way")
    parser.add_argument("--clang", default="clang-19")
    parser.add_argument("--clangxx", default="clang++-19")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--keep", action="store_true", help="keep facts and IR of each unit")
    parser.add_argument("--suite", choices=sorted(suites.SUITES))
    parser.add_argument("--database")
    parser.add_argument("--match", default="", help="only files that this regular expression finds")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args(arguments)
    options.flags = flags
    for name in ("plugin", "compare", "work"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


def main():
    options = parse(sys.argv[1:])
    if options.suite:
        commands = suites.SUITES[options.suite](pathlib.Path(options.work))
    elif options.database:
        commands = database_commands(options.database, options.match)
    else:
        commands = [suites.Command(os.getcwd(), file, options.flags) for file in options.files]
    commands = [c for c in commands if re.search(options.match, c.source)]
    if not commands:
        fail("no file to compile; see --help")
    return report(Runner(options).run_all(commands))


if __name__ == "__main__":
    sys.exit(main())
