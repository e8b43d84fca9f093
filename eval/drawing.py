"""Which programs are evaluated: drawn by a seed, and kept in a file.

Each candidate has a number, the SHA-256 of the seed and its path; those with
the smallest numbers are drawn. So a package more or less on a machine changes a
few of the programs, not all.
"""

import hashlib
import os
import struct
import subprocess
from typing import NamedTuple

FOLDERS = ("/usr/bin", "/usr/sbin")
ET_EXEC, ET_DYN, PT_INTERP = 2, 3, 3
EM_X86_64 = 62


class Entry(NamedTuple):
    """A program and the Debian package that brings it."""
    path: str
    package: str


def number(seed, path):
    """What a candidate is drawn by."""
    return hashlib.sha256(f"{seed} {path}".encode()).hexdigest()


def draw(entries, seed, count):
    """Returns `count` of the entries, sorted by path."""
    return sorted(sorted(entries, key=lambda entry: number(seed, entry.path))[:count])


def is_program(path):
    """Whether it is an x86-64 ELF file that can be executed."""
    try:
        with open(path, "rb") as file:
            header = file.read(64)
            if len(header) < 64 or header[:6] != b"\x7fELF\x02\x01":
                return False
            kind, machine = struct.unpack_from("<HH", header, 16)
            if machine != EM_X86_64:
                return False
            if kind == ET_EXEC:
                return True
            offset, = struct.unpack_from("<Q", header, 32)
            size, count = struct.unpack_from("<HH", header, 54)
            file.seek(offset)
            headers = file.read(size * count)
        types = [struct.unpack_from("<I", headers, size * i)[0] for i in range(len(headers) // size)]
        return kind == ET_DYN and PT_INTERP in types
    except (OSError, struct.error, ZeroDivisionError):
        return False


def programs(folders=FOLDERS):
    """Programs of the folders, each file once; links are not followed."""
    found, seen = [], set()
    for folder in folders:
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            info = os.lstat(path)
            if os.path.islink(path) or (info.st_dev, info.st_ino) in seen:
                continue
            if os.access(path, os.X_OK) and is_program(path):
                seen.add((info.st_dev, info.st_ino))
                found.append(path)
    return found


def packages(paths):
    """Path -> the package that installed it; what nobody installed is left out."""
    # Packages may still name /bin what has moved to /usr/bin.
    asked = paths + [path.removeprefix("/usr") for path in paths]
    answer = subprocess.run(["dpkg-query", "-S", *asked], check=False, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    owners = {}
    for line in answer.splitlines():
        package, separator, path = line.partition(": ")
        if separator and not line.startswith("diversion "):
            owners[path] = package.split(",")[0].split(":")[0]
    result = {}
    for path in paths:
        owner = owners.get(path) or owners.get(path.removeprefix("/usr"))
        if owner:
            result[path] = owner
    return result


def candidates():
    """Entries of all programs of this machine that Debian packages brought."""
    return [Entry(path, package) for path, package in packages(programs()).items()]


def read_list(text):
    """Entries of a kept list: a path and a package a line; `#` begins a comment."""
    entries = []
    for number_of_line, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) != 2:
            raise ValueError(f"line {number_of_line}: '{line}' is not a path and a package")
        entries.append(Entry(*words))
    return entries


def write_list(entries, seed, without):
    """The text of a kept list."""
    options = "".join(f" --without {package}" for package in without)
    head = f"# Drawn by `eval/run --draw --seed {seed}{options}`: program, Debian package.\n"
    return head + "".join(f"{entry.path} {entry.package}\n" for entry in entries)
