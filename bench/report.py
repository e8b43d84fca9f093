"""The document that the figures go to: an introduction and sections."""

import re

HEADING = re.compile(r"^## .*$", re.MULTILINE)


def title(section):
    """The first line of a section, which tells it from the others."""
    return section.split("\n", 1)[0]


def stamp(section, made_by):
    """The section with a line under its title that says where it comes from."""
    head, rest = section.split("\n", 1)
    return f"{head}\n\n{made_by}\n{rest}"


def merge(document, sections):
    """The document with these sections in place of those with the same titles,
    new ones at its end, the others untouched."""
    starts = [match.start() for match in HEADING.finditer(document)] + [len(document)]
    parts = {}
    for begin, end in zip(starts, starts[1:]):
        part = document[begin:end].rstrip("\n")
        parts[title(part)] = part
    for section in sections:
        parts[title(section)] = section.rstrip("\n")
    return document[:starts[0]].rstrip("\n") + "\n\n" + "\n\n".join(parts.values()) + "\n"
