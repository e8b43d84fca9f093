#!/usr/bin/env python3
"""Executes the commands of docs/binaries.md, and lets what they made serve a site.

Usage: check_document.py CHESTNUT
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/binary"))
sys.path.insert(0, str(ROOT / "test/guides"))
import guide  # noqa: E402
from check_servers import NGINX, free_port  # noqa: E402

# Of the text that stands for another build's place.
PLACE = re.compile(r"nginx\+0x[0-9a-f]+")
REQUESTS = 400
CLIENTS = 8


class BinariesGuide(guide.Guide):
    """Its places are those of another build of nginx."""

    def __init__(self, folder, programs):
        super().__init__("binaries.md", folder, f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin")
        self.environment["XDG_CACHE_HOME"] = str(folder)

    def command(self, text):
        here = PLACE.search(self.printed)
        return PLACE.sub(here.group(), text) if here else text

    def below(self, text):
        return PLACE.sub("nginx+…", text)


def serve(folder):
    """The patched nginx serves many clients with its filter on; returns what went wrong."""
    port = free_port()
    os.chmod(folder, 0o755)
    (folder / "index.html").write_text("hello\n" * 1000)
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port))
    server = subprocess.Popen([folder / "nginx", "-c", configuration], stderr=subprocess.PIPE, text=True)
    try:
        while "start worker process" not in server.stderr.readline():
            if server.poll() is not None:
                return [f"nginx ended with {server.returncode}"]
        status = pathlib.Path(f"/proc/{server.pid}/status").read_text()

        def ask(number):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/index.html?{number}", timeout=60) as answer:
                return answer.read()

        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            answers = set(pool.map(ask, range(REQUESTS)))
    finally:
        server.send_signal(signal.SIGQUIT)
        server.communicate(timeout=60)
    problems = [] if re.search(r"^Seccomp:\s+2$", status, re.MULTILINE) else ["nginx has no filter"]
    if answers != {b"hello\n" * 1000}:
        problems.append(f"nginx answers {len(answers)} kinds of pages")
    if server.returncode != 0:
        problems.append(f"nginx ends with {server.returncode}")
    return problems


def main():
    chestnut = os.path.abspath(sys.argv[1])
    if shutil.which("nginx", path="/usr/sbin:/usr/bin") is None:
        print("skipped: nginx is not installed")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        try:
            BinariesGuide(folder, os.path.dirname(chestnut)).follow()
            problems = serve(folder)
        except guide.Wrong as wrong:
            problems = [str(wrong)]
    for problem in problems:
        print("FAILED", problem)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
