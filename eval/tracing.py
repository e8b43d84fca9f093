"""What a program really calls once its main runs, as strace shows it."""

import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from typing import NamedTuple

MARK = "/chestnut/main-begins"
LINE = re.compile(r"^(\d+) +(?:<\.\.\. )?([a-z0-9_]+)[( ]")
# Calls that return the number of a new process or thread.
STARTS = ("clone", "clone3", "fork", "vfork")
TIMEOUT = 60


class Workload(NamedTuple):
    """A command; its input; whether it talks to a terminal; when it is ended."""
    words: list
    source: str = ""
    terminal: bool = False
    seconds: int = TIMEOUT


def parse_workload(line):
    """`[@3s] [@tty] PROGRAM ARGUMENTS... [< FILE]`, split as a shell would."""
    words = shlex.split(line)
    terminal, seconds, source = False, TIMEOUT, ""
    while words and words[0].startswith("@"):
        word = words.pop(0)
        if word == "@tty":
            terminal = True
        elif re.fullmatch(r"@\d+s", word):
            seconds = int(word[1:-1])
        else:
            raise ValueError(f"'{line}': there is no {word}")
    if len(words) > 2 and words[-2] == "<":
        source, words = words[-1], words[:-2]
    if not words:
        raise ValueError(f"'{line}' names no program")
    return Workload(words, source, terminal, seconds)


def read_workloads(text):
    """Program name -> its workloads."""
    result = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            workload = parse_workload(line)
            result.setdefault(workload.words[0], []).append(workload)
    return result


def foreign_from(lines):
    """Process -> index of the first line that is another program's: one that the
    program executed, or a process that one started."""
    executed, children = {}, []
    first = None
    for index, line in enumerate(lines):
        match = LINE.match(line)
        if not match:
            continue
        process, name = match.groups()
        first = first or process
        if name == "execve" and line.rstrip().endswith("= 0"):
            # The first one is strace's, which starts the program.
            if process == first and process not in executed:
                executed[process] = len(lines)
            else:
                executed[process] = min(index + 1, executed.get(process, index + 1))
        elif name in STARTS:
            born = re.search(r"= (\d+)$", line.rstrip())
            if born:
                children.append((index, process, born.group(1)))
    for index, parent, child in children:
        if executed.get(parent, len(lines)) <= index:
            executed[child] = 0
    return executed


def calls_in(trace):
    """(names of the program's own calls from main on, whether main was seen).

    Without the mark (static programs) all of its calls. What another program
    does that it executes has a policy of its own.
    """
    before, after, marked = set(), set(), False
    lines = trace.splitlines()
    foreign = foreign_from(lines)
    for index, line in enumerate(lines):
        match = LINE.match(line)
        if not match or foreign.get(match.group(1), len(lines)) <= index:
            continue
        if not marked and MARK in line:
            marked = True
            continue
        (after if marked else before).add(match.group(2))
    return (after, True) if marked else (before, False)


class Tracer:
    """Runs commands under strace, each in a fresh folder."""

    def __init__(self, preload, prepare):
        self.preload = preload
        self.prepare = prepare

    def run(self, path, workload):
        """As calls_in."""
        with tempfile.TemporaryDirectory(prefix="chestnut-eval-", ignore_cleanup_errors=True) as folder:
            place = os.path.join(folder, "w")
            os.mkdir(place)
            self.prepare(place)
            trace = os.path.join(folder, "trace")
            command = ["strace", "-f", "-qq", "-o", trace, "-E", f"LD_PRELOAD={self.preload}",
                       path, *workload.words[1:]]
            environment = {"PATH": "/usr/local/bin:/usr/bin:/usr/sbin", "HOME": place,
                           "LC_ALL": "C.UTF-8", "TERM": "xterm", "TZ": "UTC"}
            start = on_terminal if workload.terminal else on_pipes
            start(command, place, environment, workload)
            with open(trace, encoding="utf-8", errors="replace") as file:
                return calls_in(file.read())


def end(process, seconds):
    """Waits so long for a program, then ends it with all that it has started."""
    for wait, number in ((seconds, signal.SIGTERM), (5, signal.SIGKILL)):
        try:
            process.wait(wait)
            return
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, number)


def on_pipes(command, folder, environment, workload):
    """Runs with input from a file and output to nowhere."""
    source = os.path.join(folder, workload.source) if workload.source else os.devnull
    with open(source, "rb") as file:
        with subprocess.Popen(command, cwd=folder, env=environment, stdin=file, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True) as process:
            end(process, workload.seconds)


def on_terminal(command, folder, environment, workload):
    """Runs on a terminal at which somebody types the input."""
    keys = b""
    if workload.source:
        with open(os.path.join(folder, workload.source), "rb") as file:
            keys = file.read()
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs,
                          stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        try:
            converse(ours, keys, workload.seconds)
        finally:
            end(process, 1)
            os.close(ours)


def converse(terminal, keys, seconds):
    """Types a key whenever the program has fallen silent, until it is gone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.3)
        try:
            if ready:
                if not os.read(terminal, 65536):
                    return
            else:
                # Control-C, control-D: what ends a program that waits.
                os.write(terminal, keys[:1] or b"\x03\x04")
                keys = keys[1:]
        except OSError:
            return


def build_preload(source, folder):
    """Compiles after_main.c; returns the library's path."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang-19")
    library = os.path.join(folder, "after_main.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", source, "-o", library], check=True)
    return library
