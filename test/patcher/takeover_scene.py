#!/usr/bin/env python3
"""A real server whose worker somebody has taken over.

Usage: takeover_scene.py CHESTNUT

nginx has no hole that we know of. What one would give is put in its place: while a worker waits for
connections, a chain of gadgets of its own libc is written over the return addresses on its stack,
and the next connection runs it. Without a filter each chain leaves a mark; patched and wrapped the
worker dies of SIGSYS at the call, nothing is done, and the site goes on with the next worker.
"""

import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from rop_scene import CALLS, Gadgets, ROOT

sys.path.insert(0, str(ROOT / "test/binary"))
from check_servers import NGINX, ask, free_port  # noqa: E402

REQUEST = b"GET /index.html HTTP/1.0\r\n\r\n"
PAGE = b"hello\n" * 1000
OPEN_PLACE = re.compile(r"incomplete: (nginx\+0x[0-9a-f]+):")
STARTED = re.compile(r"start worker process (\d+)")
EXITED = re.compile(r"worker process (\d+) exited (on signal \d+|with code \d+)")
NGINX_PROGRAM = "/usr/sbin/nginx"
SKIPPED = 77
PATIENCE = 60
SIGSYS = 31
EPOLL_WAIT = 232
# Of the stack, in bytes: what is looked at, room for the chain, and for what the shell is told.
STACK_LOOKED, CHAIN, PATH = 4096, 512, 256
STRINGS = b"/bin/sh\0-c\0\0\0\0\0\0"


class Worker:
    """A process that waits in a system call, and its memory."""

    def __init__(self, process):
        self.process = process
        maps = pathlib.Path(f"/proc/{process}/maps").read_text().splitlines()
        self.maps = [re.match(r"(\w+)-(\w+) (\S+) (\w+) \S+ \S+\s*(.*)", line).groups() for line in maps]

    def wait_for_call(self, number):
        """Its stack pointer in that call."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            words = pathlib.Path(f"/proc/{self.process}/syscall").read_text().split()
            if words[0] == str(number):
                return int(words[-2], 16)
            os.sched_yield()
        raise TimeoutError(f"worker {self.process} is in no call {number}")

    def library(self, name):
        """(path, address) of a library."""
        for start, _, _, offset, path in self.maps:
            if name in path and int(offset, 16) == 0:
                return pathlib.Path(path), int(start, 16)
        raise ValueError(f"no {name} in the worker")

    def is_own_code(self, address):
        return any(int(start, 16) <= address < int(end, 16) and "x" in flags and "nginx" in path
                   for start, end, flags, _, path in self.maps)

    def overwrite(self, words_of, marker):
        """Puts a chain where the call returns to nginx's own code, and what it needs behind it."""
        pointer = self.wait_for_call(EPOLL_WAIT)
        gadgets = Gadgets(*self.library("libc.so.6"))
        with open(f"/proc/{self.process}/mem", "r+b", buffering=0) as memory:
            memory.seek(pointer)
            stack = struct.unpack(f"<{STACK_LOOKED // 8}Q", memory.read(STACK_LOOKED))
            place = pointer + 8 * next(i for i, word in enumerate(stack) if self.is_own_code(word))
            shell = place + CHAIN
            arguments = shell + len(STRINGS) + PATH
            code = arguments + 4 * 8
            data = STRINGS + (b"echo here > " + bytes(marker)).ljust(PATH, b"\0")
            data += struct.pack("<4Q", shell, shell + 8, shell + len(STRINGS), 0) + shellcode(shell, arguments)
            words = words_of(gadgets, shell, arguments, code)
            memory.seek(place)
            memory.write(struct.pack(f"<{len(words)}Q", *words).ljust(CHAIN, b"\0") + data)


def shellcode(shell, arguments):
    """mov rdi, shell; mov rsi, arguments; xor edx, edx; mov eax, execve; syscall."""
    return (b"\x48\xbf" + struct.pack("<Q", shell) + b"\x48\xbe" + struct.pack("<Q", arguments) +
            b"\x31\xd2\xb8" + struct.pack("<I", CALLS["execve"]) + b"\x0f\x05")


def execute(gadgets, shell, arguments, _):
    return gadgets.call(CALLS["execve"], shell, arguments)


def run_own_code(gadgets, shell, _, code):
    return gadgets.call(CALLS["mprotect"], shell & ~4095, 8192, 7) + [code]


AIMS = {"execve": execute, "mprotect and shellcode": run_own_code}


def make_policy(chestnut, folder):
    """nginx's policy; the configuration loads no module, and nobody upgrades the program while it runs."""
    whole, policy, overlay = (folder / name for name in ("whole.json", "policy.json", "overlay.json"))
    asked = subprocess.run([chestnut, "analyze", NGINX_PROGRAM, "-o", whole], capture_output=True, text=True, check=False)
    overlay.write_text(json.dumps({"decisions": [
        {"place": place, "decision": "none", "reason": "this configuration loads no modules"}
        for place in OPEN_PLACE.findall(asked.stderr)]}))
    subprocess.run([chestnut, "analyze", "--overlay", overlay, NGINX_PROGRAM, "-o", whole], check=True)
    subprocess.run([chestnut, "refine", whole, "--exec", "block", "-o", policy], check=True, capture_output=True)
    return policy


class Site:
    """One nginx that serves a page, and what happens to its worker."""

    def __init__(self, program, folder):
        self.marker, self.port = folder / "marker", free_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(NGINX.format(folder=folder, port=self.port).replace("processes 2", "processes 1"))
        self.server = subprocess.Popen([program, "-c", configuration], stderr=subprocess.PIPE, text=True)

    def next_line(self, pattern):
        """What the next line of that form says, or None at the end."""
        for line in self.server.stderr:
            if match := pattern.search(line):
                return match
        return None

    def attack(self, words_of):
        """Takes the worker over; returns (how it ended, whether something was done, whether the site is served)."""
        self.marker.unlink(missing_ok=True)
        worker = int(self.next_line(STARTED).group(1))
        Worker(worker).overwrite(words_of, self.marker)
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE):
            ended = self.next_line(EXITED)
        assert ended and int(ended.group(1)) == worker, ended
        return ended.group(2), self.marker.exists(), ask(self.port, REQUEST).endswith(PAGE)

    def stop(self):
        self.server.send_signal(signal.SIGQUIT)
        self.server.stderr.read()
        self.server.wait(PATIENCE)


def attack_all(program, folder):
    """Name -> (how the worker ended, whether something was done, whether the site is served)."""
    site = Site(program, folder)
    try:
        return {name: site.attack(words_of) for name, words_of in AIMS.items()}
    finally:
        site.stop()


def main():
    chestnut = os.path.abspath(sys.argv[1])
    if not os.path.exists(NGINX_PROGRAM):
        print("skipped: nginx is not installed")
        return SKIPPED
    problems = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # The worker is another user's process.
        folder.chmod(0o777)
        (folder / "index.html").write_bytes(PAGE)
        policy = make_policy(chestnut, folder)
        plain = attack_all(NGINX_PROGRAM, folder)
        problems += [f"without a filter {aim}: {result}" for aim, result in plain.items() if not all(result[1:])]
        for way in ("patch", "wrap"):
            program = folder / "nginx"
            subprocess.run([chestnut, way, "--policy", policy, NGINX_PROGRAM, "-o", program], check=True)
            results = attack_all(program, folder)
            print(f"{way}: {results}")
            problems += [f"{way}: {aim}: {result}" for aim, result in results.items()
                         if result != (f"on signal {SIGSYS}", False, True)]
    for problem in problems:
        print("FAILED", problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
