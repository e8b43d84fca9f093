"""What the tests of supervision share: victims, policies, terminals."""

import ctypes
import errno
import json
import os
import pathlib
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
CHESTNUT = ""  # set by main
LIMIT = 120  # seconds after which something hangs


def main():
    """Runs the tests of the calling module: CHESTNUT [unittest arguments]."""
    global CHESTNUT
    CHESTNUT = os.path.abspath(sys.argv.pop(1))
    sys.modules["common"].CHESTNUT = CHESTNUT
    unittest.main(verbosity=2)


class Folder(unittest.TestCase):
    """Tests in a folder of their own, which all of a class share."""

    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix="finalyzer.")
        cls.folder = pathlib.Path(cls._folder.name)

    @classmethod
    def tearDownClass(cls):
        cls._folder.cleanup()

    @classmethod
    def victim(cls, name, *options):
        """Compiles victims/NAME.c; its path."""
        path = cls.folder / name
        if not path.exists():
            source = HERE / "victims" / f"{name}.c"
            subprocess.run(["gcc", "-O1", "-pthread", source, "-o", path, *options], check=True)
        return path

    @classmethod
    def policy(cls, program, without=(), name=None):
        """The policy of a program, without some calls; its path."""
        whole = cls.folder / f"{os.path.basename(program)}.json"
        if not whole.exists():
            # Incomplete, where a victim makes calls that no policy can have.
            subprocess.run([CHESTNUT, "analyze", program, "-o", whole], capture_output=True)
        content = json.loads(whole.read_text())
        content["incomplete"] = []
        content["calls"] = [call for call in content["calls"] if call["name"] not in without]
        path = cls.folder / (name or f"{os.path.basename(program)}.short.json")
        path.write_text(json.dumps(content))
        return path

    @staticmethod
    def chestnut(*arguments, **options):
        """Runs chestnut with these arguments and waits."""
        options.setdefault("timeout", LIMIT)
        return subprocess.run(
            [CHESTNUT, *map(str, arguments)], capture_output=True, text=True, **options
        )

    def run_under(self, policy, options, command, **more):
        return self.chestnut("run", "--policy", policy, *options, "--", *command, **more)

    def observations(self, policy, path):
        """The calls of an observation file that its supervisor has finished."""
        run = self.chestnut("refine", policy, "--observed", path)
        self.assertIn(run.returncode, (0, 1), run.stderr)
        content = json.loads(pathlib.Path(path).read_text())
        self.assertTrue(content["complete"])
        return content["calls"]


def without_listeners():
    """Makes the kernel an old one for this process: seccomp(2) refuses listeners."""
    steps = (
        (0x20, 0, 0, 0),  # load the call's number
        (0x15, 0, 3, 317),  # seccomp, or else allow
        (0x20, 0, 0, 24),  # load the flags
        (0x45, 0, 1, 8),  # SECCOMP_FILTER_FLAG_NEW_LISTENER, or else allow
        (0x06, 0, 0, 0x00050000 | errno.EINVAL),
        (0x06, 0, 0, 0x7FFF0000),
    )
    program = b"".join(struct.pack("<HBBI", *step) for step in steps)
    memory = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("<HxxxxxxQ", len(steps), ctypes.addressof(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, head, 0, 0):  # no_new_privs, seccomp
        raise OSError(ctypes.get_errno(), "no filter")


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command, prepare=lambda: None):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            prepare()
            os.execv(command[0], [str(word) for word in command])
        self.text = ""

    def read_until(self, word):
        """What was printed up to `word`, which must come."""
        end = time.monotonic() + LIMIT
        while word not in self.text:
            if time.monotonic() > end:
                raise AssertionError(f"{word!r} did not come, only {self.text!r}")
            try:
                more = os.read(self.master, 4096)
            except OSError:  # everybody has closed it
                more = b""
            if not more:
                raise AssertionError(f"{word!r} did not come, only {self.text!r}")
            self.text += more.decode(errors="replace")
        before, self.text = self.text.split(word, 1)
        return before

    def write(self, text):
        os.write(self.master, text.encode())

    def close(self):
        os.close(self.master)
        self.master = -1

    def wait(self):
        """(exit status, None) or (None, signal)."""
        _, status = os.waitpid(self.pid, 0)
        if self.master >= 0:
            self.close()
        if os.WIFSIGNALED(status):
            return None, os.WTERMSIG(status)
        return os.WEXITSTATUS(status), None


def ignore_hangup():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
