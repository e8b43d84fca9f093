"""Real programs, built by their own build systems with Chestnut and run under load.

Sources come from Debian, by test/programs/fetch, once into the user's cache.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """What was expected and what came."""


def expect(condition, *words):
    if not condition:
        raise Failed(" ".join(str(word) for word in words)[-6000:])


def run(*command, status=0, timeout=1800, **options):
    """Output and errors together, the status asserted; None: any status."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False, timeout=timeout, **options)
    expect(status is None or done.returncode == status, command[:4], "ended with", done.returncode,
           "and not", status, "\n" + done.stdout)
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Work:
    """A folder for one program, and the Chestnut of a build folder."""

    def __init__(self, build):
        # A build folder, or an installed Chestnut.
        self.build = pathlib.Path(build).resolve()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chestnut-real-"))
        # Workers of servers run as nobody.
        self.folder.chmod(0o755)
        self.overlay = self.folder / "chestnut.overlay.json"
        self.decide([], "")

    def close(self):
        shutil.rmtree(self.folder)

    def program(self, name):
        return self.build / "bin" / name

    def installed(self):
        """The folder of an installed Chestnut, for find_package."""
        if not (self.build / "cmake_install.cmake").exists():
            return self.build
        prefix = self.folder / "installed"
        run("cmake", "--install", self.build, "--prefix", prefix)
        return prefix

    def source(self, package):
        """A copy of a source package, to build in."""
        cached = run(ROOT / "test/programs/fetch", package).strip().splitlines()[-1]
        return pathlib.Path(shutil.copytree(cached, self.folder / package, symlinks=True))

    def decide(self, places, reason, decision="none"):
        self.overlay.write_text(json.dumps({"decisions": [
            {"place": place, "decision": decision, "reason": reason} for place in places]}))

    def compiler(self):
        """For CC=."""
        return f"{self.program('chestnut-cc')} --chestnut-overlay={self.overlay}"

    def build_and_decide(self, command, cwd, reason, decision="none"):
        """Builds; the loads of unknown names that end the link are then decided,
        as its message asks for, and the build goes on."""
        said = run(*command, cwd=cwd, status=None)
        places = re.findall(r"incomplete: (\S+): dl", said)
        expect(places, "the build stopped at no load of unknown names:\n", said)
        self.decide(sorted(set(places)), reason, decision)
        run(*command, cwd=cwd)

    def calls(self, program):
        """The names that a program's policy allows; it has to kill."""
        policy = json.loads(run(self.program("chestnut"), "show", "--format", "json", program))
        expect(policy["mode"] == "kill", program, "has mode", policy["mode"])
        return {call["name"] for call in policy["calls"]}


def filtered(process):
    """Whether the kernel holds a filter for a process."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return "\nSeccomp:\t2\n" in status


class Server:
    """A server in its sandbox, from when it is ready to its end."""

    def __init__(self, command, ready, **options):
        self.process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, **options)
        self.text, self.is_ready, self.marker = b"", threading.Event(), ready.encode()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        self.is_ready.wait(120)
        expect(self.marker in self.text, "not ready:", self.text.decode(errors="replace"))
        expect(filtered(self.process.pid), "runs without a filter")

    def _read(self):
        for line in self.process.stdout:
            self.text += line
            if self.marker in self.text:
                self.is_ready.set()
        self.is_ready.set()

    def stop(self, number=signal.SIGTERM, status=0):
        """Ends it and looks how it ended."""
        self.process.send_signal(number)
        self.process.wait(timeout=120)
        self.reader.join()
        expect(self.process.returncode == status, "ended with", self.process.returncode, "\n",
               self.text.decode(errors="replace"))

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.reader.join()


def talk(port, request, until=None, timeout=60):
    """Sends bytes and reads the whole answer, or until something is in it."""
    with socket.create_connection(("127.0.0.1", port), timeout) as peer:
        peer.sendall(request)
        answer = b""
        while until is None or until not in answer:
            more = peer.recv(65536)
            if not more:
                break
            answer += more
        return answer


def http(port, request, body=b""):
    """Status line and body of an answer."""
    head = f"{request}\r\nHost: localhost\r\nConnection: close\r\n"
    if body:
        head += f"Content-Length: {len(body)}\r\n"
    answer = talk(port, head.encode() + b"\r\n" + body)
    first, _, rest = answer.partition(b"\r\n\r\n")
    return first.split(b"\r\n")[0].decode(), rest


def hammer(port, path, requests=20000, *options):
    """Load by ab; every request has to be answered."""
    said = run("ab", "-q", "-n", requests, "-c", "50", *options, f"http://127.0.0.1:{port}{path}")
    complete = re.search(r"Complete requests:\s+(\d+)", said)
    failed = re.search(r"Failed requests:\s+(\d+)", said)
    expect(complete and int(complete[1]) == requests and failed and failed[1] == "0"
           and "Non-2xx" not in said, said)


def main(check, arguments):
    """Runs the check of one program; the exit status."""
    work = Work(arguments[1] if len(arguments) > 1 else os.getcwd())
    try:
        check(work)
    finally:
        work.close()
    return 0
