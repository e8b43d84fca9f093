#!/usr/bin/env python3
"""Servers under their policies, with a load: they answer as without, nothing that
strace sees is missing from the policy, and they end as they should. So do they
patched, and behind a launcher.

check_servers.py CHESTNUT [nginx|redis-server|memcached...]

A server that is not installed is passed over.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from check_programs import own_calls  # noqa: E402

NGINX = """daemon off; worker_processes 2; error_log stderr notice; pid {folder}/pid;
events {{}} http {{ access_log {folder}/access.log;
client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi; client_max_body_size 64m;
server {{ listen 127.0.0.1:{port}; root {folder};
location /post {{ proxy_pass http://127.0.0.1:{port}/taken; }}
location /taken {{ return 200 taken; }} }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, request, until=None):
    """Sends a request and reads the whole answer, or until `until` is in it."""
    try:
        with socket.create_connection(("127.0.0.1", port), 30) as peer:
            peer.sendall(request)
            answer = b""
            while until is None or until not in answer:
                more = peer.recv(65536)
                if not more:
                    break
                answer += more
            return answer
    except OSError as error:
        return b"no answer: " + str(error).encode()


class Output:
    """What a server prints, read as it comes."""

    def __init__(self, stream, ready):
        self.text = b""
        self.is_ready = threading.Event()
        self.thread = threading.Thread(target=self.read, args=(stream, ready))
        self.thread.start()

    def read(self, stream, ready):
        for line in stream:
            self.text += line
            if ready in self.text:
                self.is_ready.set()
        # It ended: nobody needs to wait any longer.
        self.is_ready.set()


def http(port, request):
    answer = ask(port, request)
    status = answer.split(b"\r\n")[0]
    return status, answer.split(b"\r\n\r\n", 1)[-1]


def drive_nginx(port):
    body = b"x" * (4 << 20)
    closing = b"Host: a\r\nConnection: close\r\n"
    return [
        http(port, b"GET /index.html HTTP/1.1\r\n" + closing + b"\r\n"),
        http(port, b"GET /nothing HTTP/1.1\r\n" + closing + b"\r\n"),
        http(port, b"GET /index.html HTTP/1.1\r\nRange: bytes=2-5\r\n" +
             closing + b"\r\n"),
        http(port, b"POST /post HTTP/1.1\r\n" + closing +
             b"Content-Length: %d\r\n\r\n" % len(body) + body),
    ]


def drive_redis(port):
    def command(*words):
        text = b"*%d\r\n" % len(words)
        for word in words:
            text += b"$%d\r\n%s\r\n" % (len(word), word)
        return ask(port, text, b"\r\n")
    return [command(b"SET", b"a", b"1"), command(b"GET", b"a"),
            command(b"LPUSH", b"l", b"x"), command(b"SAVE"),
            command(b"EVAL", b"return 1", b"0")]


def drive_memcached(port):
    return [ask(port, b"set a 0 0 1\r\n1\r\n", b"\r\n"),
            ask(port, b"get a\r\n", b"END\r\n")]


# Arguments, load, the signal that ends it, and what it prints once it listens.
SERVERS = {
    "nginx": (lambda folder, port: ["-p", folder, "-c", folder + "/conf"],
              drive_nginx, signal.SIGQUIT, b"start worker process "),
    "redis-server": (lambda folder, port: ["--port", str(port), "--dir", folder,
                                           "--save", ""],
                     drive_redis, signal.SIGTERM, b"Ready to accept connections"),
    "memcached": (lambda folder, port: ["-p", str(port), "-l", "127.0.0.1",
                                        "-u", "nobody", "-vv"],
                  drive_memcached, signal.SIGINT, b"server listening"),
}


def serve(prefix, name, path):
    """Runs the server behind `prefix` and its load: answers, status, errors."""
    make, drive, stop, ready = SERVERS[name]
    folder = tempfile.mkdtemp()
    try:
        os.chmod(folder, 0o755)
        port = free_port()
        with open(folder + "/conf", "w", encoding="utf-8") as file:
            file.write(NGINX.format(folder=folder, port=port))
        with open(folder + "/index.html", "w", encoding="utf-8") as file:
            file.write("hello\n" * 1000)
        server = subprocess.Popen(prefix + [path] + make(folder, port),
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
        output = Output(server.stdout, ready)
        # It listens before it says so.
        output.is_ready.wait(60)
        answers = drive(port)
        # strace passes no signal on; its child is the server.
        target = server.pid
        children = f"/proc/{target}/task/{target}/children"
        if prefix and prefix[0] == "strace":
            with open(children, encoding="ascii") as file:
                target = int(file.read().split()[0])
        os.kill(target, stop)
        server.wait(timeout=60)
        output.thread.join()
        return answers, server.returncode, output.text
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def policies(chestnut, path, folder):
    """Policies for exec and entry. What a configuration could load is decided:
    this one loads nothing."""
    made = {}
    for point in ("exec", "entry"):
        policy, overlay = f"{folder}/{point}", f"{folder}/overlay"
        command = [chestnut, "analyze", path, "--at", point, "--exact", "-o",
                   policy]
        first = subprocess.run(command, capture_output=True, text=True)
        places = re.findall(r"incomplete: (\S+): dl", first.stderr)
        with open(overlay, "w", encoding="utf-8") as file:
            json.dump({"decisions": [
                {"place": place, "decision": "none",
                 "reason": "the test's configuration loads no modules"}
                for place in places]}, file)
        subprocess.run(command + ["--overlay", overlay], check=True)
        made[point] = policy
    return made


def check(chestnut, name, path, folder):
    problems = []
    made = policies(chestnut, path, folder)
    names = set(subprocess.run(
        [chestnut, "show", "--format", "names", made["exec"]],
        capture_output=True, text=True, check=True).stdout.split())
    plain = serve([], name, path)
    trace = folder + "/trace"
    serve(["strace", "-f", "-qq", "-o", trace], name, path)
    with open(trace, encoding="utf-8", errors="replace") as file:
        missing = own_calls(file.read()) - names
    if missing:
        problems.append("seen and not allowed: " + " ".join(sorted(missing)))
    confined = serve([chestnut, "run", "--policy", made["entry"], "--"], name,
                     path)
    if confined[:2] != plain[:2]:
        problems.append(f"under its policy: {confined} instead of {plain}"[:900])
    for way in ("patch", "wrap"):
        made_by = f"{folder}/{way}/{name}"
        os.makedirs(os.path.dirname(made_by))
        subprocess.run([chestnut, way, "--policy", made["entry"], path, "-o", made_by], check=True)
        os.chmod(folder, 0o755)
        confined = serve([], name, made_by)
        if confined[:2] != plain[:2]:
            problems.append(f"by {way}: {confined} instead of {plain}"[:900])
    print(f"{name}: {len(names)} calls, {len(plain[0])} answers", flush=True)
    return problems


def main():
    chestnut = os.path.abspath(sys.argv[1])
    failed = 0
    for name in sys.argv[2:] or sorted(SERVERS):
        path = shutil.which(name, path="/usr/sbin:/usr/bin")
        if path is None:
            print(f"{name}: not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            for problem in check(chestnut, name, path, folder):
                failed += 1
                print(f"FAILED {name}: {problem}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
