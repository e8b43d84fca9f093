#!/usr/bin/env python3
"""What `chestnut analyze` says a program loads against what the loader itself
says, path by path and in its order.

check_loading.py CHESTNUT [PROGRAM...]
"""

import os
import re
import shutil
import subprocess
import sys

PROGRAMS = """true ls curl git ssh gpg sqlite3 vim tmux openssl perl nginx
redis-server tar find id getent gcc as""".split()


def by_loader(path):
    """Paths in the order of mapping; the vDSO has none."""
    out = subprocess.run([path], env={"LD_TRACE_LOADED_OBJECTS": "1"},
                         capture_output=True, text=True, check=True).stdout
    return re.findall(r"(?:=> |^\t)(/\S+) \(0x", out, re.M)


def by_chestnut(chestnut, path):
    # Incomplete is no matter here.
    err = subprocess.run([chestnut, "analyze", path, "--loads", "--format",
                          "names"], capture_output=True, text=True).stderr
    modules = re.findall(r"^module: (\S+)$", err, re.M)
    return modules[1:]


def main():
    chestnut = os.path.abspath(sys.argv[1])
    failed = compared = 0
    for name in sys.argv[2:] or PROGRAMS:
        path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if path is None:
            continue
        with open(path, "rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        expected = [os.path.realpath(p) for p in by_loader(path)]
        found = [os.path.realpath(p) for p in by_chestnut(chestnut, path)]
        compared += 1
        if expected != found:
            failed += 1
            print(f"FAILED {name}: the loader maps {expected}, chestnut says "
                  f"{found}")
    print(f"{compared} programs, {failed} differ")
    return 1 if failed or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
