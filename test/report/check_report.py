#!/usr/bin/env python3
"""Looks at pages of `chestnut report` in headless Chromium.

Usage: check_report.py CHESTNUT [FOLDER]

A page of one policy is whole without its script. In a page of many, the tree of
reasons is made when a link to a call is followed, and the call is in it. With
FOLDER, screenshots (wide, phone, dark, printed) are left there to be looked at.
Exit status 77 without Chromium.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = ["cat", "ls", "sort", "tar", "gzip", "sed", "grep", "find", "dd", "cp"]


def browser(*options):
    """What headless Chromium prints."""
    return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                           "--virtual-time-budget=3000", *options], check=True, capture_output=True, text=True,
                          timeout=120).stdout


def make(chestnut, sources, page):
    subprocess.run([chestnut, "report", "-o", page] + sources, check=True)
    return page.read_text()


def section(html, name):
    return re.search(rf'<section id="{name}".*?</section>', html, re.S).group()


def check(chestnut, folder):
    """Problems, as lines."""
    problems = []
    policies = []
    for name in PROGRAMS:
        policies.append(str(folder / f"{name}.json"))
        subprocess.run([chestnut, "analyze", shutil.which(name), "-o", policies[-1]], check=True)
    names = subprocess.run([chestnut, "show", "--format", "names", policies[0]], check=True, capture_output=True,
                           text=True).stdout.split()
    one = make(chestnut, policies[:1], folder / "one.html")
    for name in names:
        if f'>{name}</a>' not in one and f"<li>{name}" not in one:
            problems.append(f"one policy: {name} is not listed")
    many = make(chestnut, policies, folder / "many.html")
    if "data-tree" not in section(many, "cat") or "<b>" in section(many, "cat").split("data-tree")[1]:
        problems.append("many policies: the trees are not data")
    clicked = folder / "clicked.html"
    clicked.write_text(many.replace("</body>", '<script>[...document.querySelectorAll("#cat .calls a")]'
                                    '.find(one=>one.textContent==="openat").click()</script></body>'))
    after = section(browser("--dump-dom", f"file://{clicked}"), "cat")
    if "data-tree" in after or not re.search(r"<b[^>]*>openat</b>", after):
        problems.append("many policies: a link to a call does not open the way to it")
    filtered = folder / "filtered.html"
    filtered.write_text(one.replace("</body>", '<script>field.value="open";field.dispatchEvent(new Event("input"))'
                                    "</script></body>"))
    shown = re.findall(r"<li><a[^>]*>(\w+)</a>", browser("--dump-dom", f"file://{filtered}"))
    if not shown or any("open" not in name for name in shown):
        problems.append(f"the filter leaves {shown}")
    return problems


def screenshots(pages, folder):
    for name, options in {"wide": ["--window-size=1100,2400"], "phone": ["--window-size=500,2400"],
                          "dark": ["--window-size=1100,2400", "--blink-settings=preferredColorScheme=0"]}.items():
        browser(*options, f"--screenshot={folder}/{name}.png", f"file://{pages}/one.html")
    browser(f"--print-to-pdf={folder}/printed.pdf", f"file://{pages}/one.html")


def main():
    if shutil.which("chromium") is None:
        print("skipped: there is no chromium")
        return 77
    chestnut = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="chestnut-report-") as name:
        problems = check(chestnut, pathlib.Path(name))
        if len(sys.argv) > 2:
            screenshots(name, os.path.abspath(sys.argv[2]))
    print("\n".join(problems) or "the pages are as they should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
