#!/usr/bin/env python3
"""python3 and redis-server: shortened policies, a workload under --learn, and the
refined policy holds the same workload under kill.

check_programs.py CHESTNUT

A program that is not installed is passed over.
"""

import json
import os
import shutil
import signal
import socket
import subprocess

import common

# Taken out of the policies: what the workloads need, of several kinds.
LACKS = ("getcwd", "pipe2", "socketpair", "getdents64", "uname", "lseek", "epoll_create1",
         "eventfd2", "dup", "getrusage", "rename", "fdatasync", "fsync", "sysinfo")

PYTHON = """
import os, select, socket, subprocess, sys, tempfile, threading
print(os.getcwd() != '', len(os.listdir('/')) > 0, os.uname().sysname)
ends = socket.socketpair()
ends[0].send(b'x')
print(ends[1].recv(1))
waiting = select.epoll()
waiting.register(ends[0].fileno())
with tempfile.TemporaryFile() as file:
    file.write(b'abc'); file.seek(1); print(file.read())
thread = threading.Thread(target=lambda: print(os.dup(1) > 1))
thread.start(); thread.join()
print(os.pipe2(0) != (), len(sys.argv))
"""


class Programs(common.Folder):
    def shortened(self, program):
        """The program's real policy without LACKS."""
        path = self.policy(program, LACKS)
        content = json.loads(path.read_text())
        content["incomplete"] = []  # plugins are not loaded here
        path.write_text(json.dumps(content))
        return path

    def refined(self, short, observed):
        better = self.folder / f"{short.name}.better"
        run = self.chestnut("refine", short, "--observed", observed, "--add", "-o", better)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        print(run.stdout)
        return better

    def test_python(self):
        python = "/usr/bin/python3"
        if not os.path.exists(python):
            self.skipTest("no python3")
        short = self.shortened(os.path.realpath(python))
        expected = subprocess.run([python, "-c", PYTHON], capture_output=True, text=True).stdout
        plain = self.run_under(short, (), (python, "-c", PYTHON))
        self.assertEqual(plain.returncode, -signal.SIGSYS, plain.stderr)
        observed = self.folder / "python.observed"
        run = self.run_under(
            short, ("--learn", "--observed", observed), (python, "-c", PYTHON)
        )
        self.assertEqual((run.returncode, run.stdout), (0, expected), run.stderr)
        better = self.refined(short, observed)
        run = self.run_under(better, (), (python, "-c", PYTHON))
        self.assertEqual((run.returncode, run.stdout), (0, expected), run.stderr)

    def serve(self, policy, options=()):
        """The status of a redis-server after its load, and what the load said."""
        path = str(self.folder / "socket")
        command = [common.CHESTNUT, "run", "--policy", policy, *options, "--",
                   "/usr/bin/redis-server", "--port", "0", "--unixsocket", path,
                   "--dir", self.folder, "--appendonly", "yes"]
        server = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, text=True
        )
        answers = b""
        if any("ready to accept" in line.lower() for line in server.stdout):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.settimeout(common.LIMIT)
                peer.connect(path)
                for request in (b"SET a 1", b"INCR a", b"SAVE", b"BGREWRITEAOF", b"INFO"):
                    peer.sendall(request + b"\r\n")
                    answer = peer.recv(65536).split(b"\r\n")[0]
                    # How long INFO is differs from run to run.
                    answers += answer[:1] if answer.startswith(b"$") else answer
                peer.sendall(b"SHUTDOWN NOSAVE FORCE\r\n")
                try:
                    peer.recv(100)
                except OSError:
                    pass
        server.stdout.read()
        status = server.wait(common.LIMIT)
        for left in self.folder.glob("appendonlydir/*"):
            left.unlink()
        return status, answers

    def test_redis(self):
        if shutil.which("redis-server") is None:
            self.skipTest("no redis-server")
        short = self.shortened(os.path.realpath("/usr/bin/redis-server"))
        status, _ = self.serve(short, ("--force",))
        self.assertEqual(status, -signal.SIGSYS)
        observed = self.folder / "redis.observed"
        status, answers = self.serve(
            short, ("--force", "--learn", "--observed", observed)
        )
        self.assertEqual(status, 0)
        self.assertTrue(answers.startswith(b"+OK:2"), answers)
        better = self.refined(short, observed)
        self.assertEqual(self.serve(better, ("--force",)), (0, answers))


if __name__ == "__main__":
    common.main()
