#!/usr/bin/env python3
"""Holds the messages of errors and their pages together.

check_errors.py CHESTNUT

Every error that the source makes with words of its own (absl::...Error(...),
PrintError(...)) contains a phrase of a page in support/error_page_table.cc,
every phrase is in some source file, and docs/errors.md is what
`chestnut help --all-errors` prints.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "support" / "error_page_table.cc"
# Rooms that make no errors of programs that people run.
OTHERS = ("build", "test", "bench", "eval", "e2e", "examples", "third_party", "tools")
MAKES_ERROR = re.compile(r"\b(?:absl::\w+Error|PrintError)\(")
# Helpers that make an error of what they are given, by the convention of their names.
HELPER = re.compile(r"\b(?:Broken|Wrong|Malformed|Invalid|NoStart|Refuse|Bad|Damaged|SystemError)\(")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
# What stands between: words that a page must know.
WORDS = re.compile(r"[a-zA-Z]{3}")


def sources():
    for path in sorted(ROOT.rglob("*.cc")):
        name = path.relative_to(ROOT)
        if name.parts[0].startswith(OTHERS) or name.parts[0].startswith("."):
            continue
        if name.name.endswith(("_test.cc", "_fuzz.cc")) or path == TABLE:
            continue
        yield name, path.read_text()


def arguments(text, start):
    """The text from the parenthesis at `start` to the one that closes it."""
    depth, in_string, i = 0, False, start
    while i < len(text):
        char = text[i]
        if in_string:
            if char == "\\":
                i += 1
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                break
        i += 1
    return text[start:i]


def joined(text):
    """Adjacent literals as one, escapes as what they mean."""
    return re.sub(r'"\s*\n\s*"', "", text)


def unescape(text):
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def pages():
    """Yields (name, phrases)."""
    text = joined(TABLE.read_text())
    for block in re.findall(r'\{("E-.*?)\},\n', text, re.DOTALL):
        literals = [unescape(literal) for literal in LITERAL.findall(block)]
        yield literals[0], literals[-1].splitlines()


def messages():
    """Yields (place, pieces): what each error says by itself."""
    for name, text in sources():
        for match in MAKES_ERROR.finditer(text):
            given = joined(arguments(text, match.end() - 1))
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line}", [unescape(piece) for piece in LITERAL.findall(given)]
        for match in HELPER.finditer(text):
            given = joined(arguments(text, match.end() - 1))
            pieces = [unescape(piece) for piece in LITERAL.findall(given)]
            line = text.count("\n", 0, match.start()) + 1
            yield f"{name}:{line} (helper)", pieces


def main():
    table = list(pages())
    phrases = [phrase for _, known in table for phrase in known]
    problems = []
    count = 0
    worded = set()  # files whose helpers say more than what they are given
    found = list(messages())
    for place, pieces in found:
        if not place.endswith("(helper)") and any(WORDS.search(piece) for piece in pieces):
            worded.add(place.split(":")[0])
    for place, pieces in found:
        if not any(WORDS.search(piece) for piece in pieces):
            continue  # it passes on what another one says
        count += 1
        if place.endswith("(helper)") and place.split(":")[0] in worded:
            continue
        if not any(phrase in piece for piece in pieces for phrase in phrases):
            problems.append(f"{place}: no page of support/error_page_table.cc has a phrase of "
                            f"'{' ... '.join(pieces)}'")
    everything = "\n".join(joined(text) for _, text in sources())
    everything = unescape(everything)
    foreign = ("No such file", "Permission denied", "Is a directory", "not valid JSON")
    for name, known in table:
        for phrase in known:
            if phrase not in everything and not phrase.startswith(foreign):
                problems.append(f"{name}: nothing says '{phrase}'; remove it from the table")
    if len(sys.argv) > 1:
        printed = subprocess.run([sys.argv[1], "help", "--all-errors"], capture_output=True,
                                 text=True, check=True, timeout=60).stdout
        if printed != (ROOT / "docs" / "errors.md").read_text():
            problems.append("docs/errors.md is not what chestnut help --all-errors prints; "
                            "write it there")
    for problem in problems:
        print(problem)
    print(f"{count} messages, {len(table)} pages")
    if count < 100 or problems:
        sys.exit(1)


if __name__ == "__main__":
    main()
