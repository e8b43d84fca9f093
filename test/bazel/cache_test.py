#!/usr/bin/env python3
"""Facts, policies and programs are shared between checkouts and users.

Usage: cache_test.py BUILD, the folder of a CMake build. Two checkouts in folders
of different names, each with an output folder and a Bazel server of its own; the
second has another PATH and HOME.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from workspace import ROOT, Workspace

NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size 0;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/store;
    location / {{ dav_methods PUT; create_full_put_path on; }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """nginx as a cache on loopback."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chestnut-nginx-"))
        # Run by root, its workers are nobody's.
        self.folder.chmod(0o755)
        (self.folder / "store").mkdir()
        (self.folder / "store").chmod(0o777)
        self.port = free_port()
        config = self.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=self.folder, port=self.port), encoding="utf-8")
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(["nginx", "-c", config], stderr=subprocess.DEVNULL)
        for _ in range(600):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError("nginx does not answer: " + (self.folder / "error.log").read_text(encoding="utf-8"))

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        shutil.rmtree(self.folder)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def checkout(name):
    """Returns a workspace with the programs of e2e/smoke."""
    work = Workspace(sys.argv[1], name)
    # Another name for the workspace would be another program.
    work.edit("WORKSPACE", f'"{name}"', '"smoke"')
    for folder in ("app", "lib"):
        shutil.copytree(ROOT / "e2e/smoke" / folder, work.folder / folder)
    return work


def processes(done):
    """Returns {how: number} of Bazel's last line about processes."""
    line = re.findall(r"INFO: \d+ process(?:es)?: (.*)\.", done.stderr)[-1]
    return {how: int(number) for number, how in re.findall(r"(\d+) ([\w -]+)", line)}


class Cache(unittest.TestCase):
    def setUp(self):
        self.first, self.second = checkout("one"), checkout("quite-another")
        self.addCleanup(self.first.close)
        self.addCleanup(self.second.close)

    def share(self, flag, hit):
        """Builds in the first checkout, then in the second; nothing is made twice."""
        targets = ["//app:all", flag]
        self.first.bazel("build", *targets)
        stranger = {"PATH": os.environ["PATH"] + ":/nowhere", "HOME": "/nowhere"}
        done = self.second.bazel("build", *targets, env=stranger)
        ran = processes(done)
        self.assertGreater(ran.get(hit, 0), 8, ran)
        self.assertEqual(set(), set(ran) - {hit, "internal"}, done.stderr)
        for file in ("app/hello", "app/hello.policy.json", "app/plain_policy.policy.json"):
            one, two = [(w.folder / "bazel-bin" / file).read_bytes() for w in (self.first, self.second)]
            self.assertEqual(one, two, file)
            for work in (self.first, self.second):
                self.assertNotIn(str(work.parent).encode(), one, file)

    def test_a_folder_is_shared(self):
        store = tempfile.mkdtemp(prefix="chestnut-disk-cache-")
        self.addCleanup(shutil.rmtree, store)
        # Bazel 4 words it like this, too.
        self.share(f"--disk_cache={store}", "remote cache hit")

    def test_both_checkouts_make_the_same(self):
        for work in (self.first, self.second):
            work.bazel("build", "//app:all")
        for file in ("app/hello", "app/hello.policy.json", "app/plain_policy.policy.json"):
            one, two = [(w.folder / "bazel-bin" / file).read_bytes() for w in (self.first, self.second)]
            self.assertEqual(one, two, file)

    def test_a_server_is_shared(self):
        nginx = Nginx()
        self.addCleanup(nginx.close)
        flag = f"--remote_cache=http://127.0.0.1:{nginx.port}"
        self.share(flag, "remote cache hit")
        # A cache that dies in the middle costs time and nothing else.
        nginx.stop()
        self.second.edit("lib/greeting.c", "hello", "good morning")
        self.second.bazel("build", "//app:hello", flag)
        self.assertIn("good morning, world", self.second.run("app/hello").stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
