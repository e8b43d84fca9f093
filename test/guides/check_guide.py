#!/usr/bin/env python3
"""Follows a guide in a folder of its own.

Usage: check_guide.py [--complete] PROGRAMS GUIDE, the folder of Chestnut's programs
and the name of a file in docs/. --complete: the guide shows all that is printed.
"""

import argparse
import sys
import tempfile

import guide


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--complete", action="store_true")
    parser.add_argument("programs")
    parser.add_argument("document")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chestnut-guide-") as folder:
        try:
            count = guide.Guide(options.document, folder, options.programs, options.complete).follow()
        except guide.Wrong as wrong:
            sys.exit(f"docs/{options.document}: {wrong}")
    print(f"{count} commands did what docs/{options.document} says")


if __name__ == "__main__":
    main()
