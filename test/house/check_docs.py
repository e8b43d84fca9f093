#!/usr/bin/env python3
"""Holds the commands and links of the documents against the programs and files.

Usage: check_docs.py [CHESTNUT]

Without the program only links and scripts are checked.
"""

import os
import re
import shlex
import subprocess
import sys

import tree

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
COMPILERS = ("cc", "c++")
# Folders of programs that are run where they stand.
SCRIPTS = ("tools/", "test/", "bench/", "examples/")


def link_problems(path, text):
    """Returns the links of a document that lead nowhere."""
    folder = (tree.ROOT / path).parent
    return [f"{path}: {target} does not exist" for target in LINK.findall(FENCE.sub("", text))
            if "://" not in target and not (folder / target).exists()]


def commands(text):
    """Yields the command lines of a document's fenced blocks.

    In a `console` block only the lines after a prompt are commands; the others
    are output.
    """
    for language, block in FENCE.findall(text):
        if language not in ("console", "sh", "shell", "bash"):
            continue
        for line in block.replace("\\\n", " ").split("\n"):
            if language == "console":
                if not line.startswith("$ "):
                    continue
                line = line[2:]
            if line.strip() and not line.startswith("#"):
                yield line


def command_problems(line, help_of):
    """Returns what is wrong with a command line.

    help_of(subcommand) returns that subcommand's help text; "" is the program's.
    """
    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        return [f"'{line}': {error}"]
    while words and (re.match(r"\w+=", words[0]) or words[0] in ("sudo", "time", "env")):
        words.pop(0)
    if not words:
        return []
    program, arguments = words[0], words[1:]
    if program.startswith(SCRIPTS):
        script = tree.ROOT / program
        return [] if os.access(script, os.X_OK) else [f"'{line}': no program {program}"]
    name = os.path.basename(program)
    if name.startswith("chestnut-"):
        arguments = [name[len("chestnut-"):]] + arguments
    elif name != "chestnut":
        return []
    return chestnut_problems(line, arguments, help_of)


def chestnut_problems(line, arguments, help_of):
    """command_problems for `chestnut ARGUMENTS`."""
    if help_of is None or not arguments or arguments[0].startswith("-"):
        return []
    subcommand = arguments[0]
    if not re.search(rf"^(\s+|chestnut ){re.escape(subcommand)}(?!\S)", help_of(""), re.MULTILINE):
        return [f"'{line}': chestnut has no subcommand {subcommand}"]
    text = help_of(subcommand)
    problems = []
    for argument in arguments[1:]:
        if argument in ("--", "|", ">", "&&", ";"):
            break
        option = argument.split("=")[0]
        own = option.startswith("--chestnut-") if subcommand in COMPILERS else option.startswith("--")
        if own and not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text):
            problems.append(f"'{line}': chestnut {subcommand} has no option {option}")
    return problems


def program_help(program):
    """Returns help_of for a program, each text asked for once."""
    texts = {}

    def help_of(subcommand):
        if subcommand not in texts:
            ask = ["--chestnut-help"] if subcommand in COMPILERS else ["--help"]
            done = subprocess.run([program] + ([subcommand] if subcommand else []) + ask,
                                  capture_output=True, text=True, check=False)
            texts[subcommand] = done.stdout
        return texts[subcommand]

    return help_of


def main():
    help_of = program_help(os.path.abspath(sys.argv[1])) if len(sys.argv) > 1 else None
    problems = []
    for path in tree.files(".md"):
        text = tree.read(path)
        problems += link_problems(str(path), text)
        for line in commands(text):
            problems += [f"{path}: {p}" for p in command_problems(line, help_of)]
    return tree.report("docs", problems)


if __name__ == "__main__":
    sys.exit(main())
