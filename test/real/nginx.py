#!/usr/bin/env python3
"""nginx by its own configure and make, under ab.

nginx.py BUILD
"""

import signal
import sys
import time

from building import Server, expect, filtered, free_port, hammer, http, main, run

CONFIGURATION = """daemon off; worker_processes 2; error_log stderr notice; pid {folder}/pid;
thread_pool default threads=2;
events {{}} http {{ access_log {folder}/access.log; aio threads; sendfile on; gzip on; gzip_types text/plain;
proxy_cache_path {folder}/cache keys_zone=kept:1m; client_max_body_size 64m;
limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/m;
server {{ listen 127.0.0.1:{port}; listen 127.0.0.1:{second} http2; root {folder}/html;
location ~ ^/old/(.*)$ {{ rewrite ^/old/(.*)$ /$1 last; }}
location /proxied/ {{ proxy_pass http://127.0.0.1:{port}/; proxy_cache kept; proxy_cache_valid 200 1m; }}
location /post {{ proxy_pass http://127.0.0.1:{port}/taken; }}
location /taken {{ return 200 taken; }}
location /slow {{ limit_req zone=slow; }}
location /status {{ stub_status; }}
location /files/ {{ dav_methods PUT DELETE MKCOL COPY MOVE; create_full_put_path on; alias {folder}/files/; autoindex on; }}
}} }}
"""


def children(process):
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def eventually(condition, *words):
    """Waits until something holds that no message tells of."""
    deadline = time.monotonic() + 60
    while not condition():
        expect(time.monotonic() < deadline, *words)
        time.sleep(0.05)


def requests(port, big):
    """Each module of the configuration once."""
    ok = "HTTP/1.1 200 OK"
    expect(http(port, "GET /index.html HTTP/1.1") == (ok, b"hello\n" * 1000), "GET")
    expect(http(port, "GET /old/index.html HTTP/1.1")[0] == ok, "rewrite")
    expect(http(port, "GET /nothing HTTP/1.1")[0] == "HTTP/1.1 404 Not Found", "404")
    expect(http(port, "GET /big HTTP/1.1") == (ok, big), "a large file, by threads and sendfile")
    expect(http(port, "GET /index.html HTTP/1.1\r\nRange: bytes=2-5")[1] == b"llo\n", "range")
    expect(http(port, "GET /big.txt HTTP/1.1\r\nAccept-Encoding: gzip")[1][:16].find(b"\x1f\x8b") >= 0, "gzip")
    for _ in range(2):
        expect(http(port, "GET /proxied/index.html HTTP/1.1")[0] == ok, "proxy with cache")
    expect(http(port, "POST /post HTTP/1.1", b"x" * (4 << 20)) == (ok, b"taken"), "a large body")
    http(port, "GET /slow HTTP/1.1")
    expect("503" in http(port, "GET /slow HTTP/1.1")[0], "limit")
    expect("201" in http(port, "PUT /files/a/b HTTP/1.1", b"new")[0], "PUT")
    expect("204" in http(port, "MOVE /files/a/b HTTP/1.1\r\nDestination: /files/c")[0], "MOVE")
    expect(b"c</a>" in http(port, "GET /files/ HTTP/1.1")[1], "index of a folder")
    expect("204" in http(port, "DELETE /files/c HTTP/1.1")[0], "DELETE")
    expect(b"Active connections" in http(port, "GET /status HTTP/1.1")[1], "status")


def load(program, folder):
    port, second = free_port(), free_port()
    for name in ("html", "files", "logs"):
        (folder / name).mkdir()
    (folder / "files").chmod(0o777)
    big = b"0123456789abcdef" * (1 << 18)
    (folder / "html/index.html").write_text("hello\n" * 1000)
    (folder / "html/big").write_bytes(big)
    (folder / "html/big.txt").write_bytes(big)
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder, port=port, second=second))
    server = Server([program, "-p", folder, "-c", folder / "conf"], "start worker process ")
    master = server.process.pid
    try:
        requests(port, big)
        hammer(port, "/index.html", 20000, "-k")
        hammer(port, "/index.html", 5000)
        hammer(port, "/proxied/index.html", 5000, "-k")
        # New workers, new log files; then a worker that dies is started again.
        old = children(master)
        expect(all(filtered(worker) for worker in old), "a worker without a filter")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: children(master) and not set(old) & set(children(master)), "no new workers")
        (folder / "access.log").rename(folder / "access.old")
        server.process.send_signal(signal.SIGUSR1)
        eventually((folder / "access.log").exists, "no new log")
        hammer(port, "/index.html", 2000, "-k")
        server.stop(signal.SIGQUIT)
    finally:
        server.kill()


def check(work):
    source = work.source("nginx")
    run("./configure", f"--with-cc={work.compiler()}", "--with-threads", "--with-file-aio", "--with-http_v2_module",
        "--with-http_stub_status_module", "--with-http_dav_module", "--with-http_gunzip_module",
        f"--prefix={work.folder}/root", cwd=source)
    work.build_and_decide(["make", "-j2"], source, "this configuration loads no modules")
    calls = work.calls(source / "objs/nginx")
    for name in ("ptrace", "mount", "bpf"):
        expect(name not in calls, name, "is in the policy")
    load(source / "objs/nginx", work.folder)
    print(f"nginx: {len(calls)} calls")


if __name__ == "__main__":
    sys.exit(main(check, sys.argv))
