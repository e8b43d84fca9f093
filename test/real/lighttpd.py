#!/usr/bin/env python3
"""lighttpd, a CMake project: two lines added, find_package(Chestnut), under ab.

lighttpd.py BUILD
"""

import signal
import sys

from building import Server, expect, filtered, free_port, hammer, http, main, run

ADDED = """
find_package(Chestnut REQUIRED)
chestnut_sandbox_target(lighttpd OPTIONS --chestnut-overlay={overlay})
# Its modules are read when it is linked.
add_dependencies(lighttpd {modules})
"""

# What the configuration loads; the others are part of the program.
MODULES = ["mod_accesslog", "mod_dirlisting", "mod_deflate", "mod_proxy", "mod_status", "mod_userdir"]

CONFIGURATION = """server.document-root = "{folder}/html"
server.port = {port}
server.bind = "127.0.0.1"
server.modules = ( "mod_rewrite", "mod_access", "mod_setenv", {modules} )
server.upload-dirs = ( "{folder}" )
accesslog.filename = "{folder}/access.log"
mimetype.assign = ( ".txt" => "text/plain", ".html" => "text/html" )
deflate.mimetypes = ( "text/plain" )
deflate.allowed-encodings = ( "gzip" )
setenv.add-response-header = ( "X-Test" => "yes" )
url.rewrite-once = ( "^/old/(.*)$" => "/$1" )
url.access-deny = ( ".secret" )
status.status-url = "/status"
index-file.names = ( "index.html" )
$HTTP["url"] =~ "^/files/" {{ dir-listing.activate = "enable" }}
$HTTP["url"] =~ "^/proxied/" {{ proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => {port} ) ) )
  proxy.header = ( "map-urlpath" => ( "/proxied/" => "/" ) ) }}
"""


def requests(port, big):
    ok = "HTTP/1.1 200 OK"
    expect(http(port, "GET /index.html HTTP/1.1") == (ok, b"hello\n" * 1000), "GET")
    expect(http(port, "GET /nothing HTTP/1.1")[0] == "HTTP/1.1 404 Not Found", "404")
    expect(http(port, "GET /a.secret HTTP/1.1")[0] == "HTTP/1.1 403 Forbidden", "mod_access")
    expect(http(port, "GET /old/index.html HTTP/1.1")[0] == ok, "mod_rewrite")
    expect(http(port, "GET /index.html HTTP/1.1\r\nRange: bytes=2-5")[1] == b"llo\n", "range")
    expect(http(port, "GET /big.txt HTTP/1.1") == (ok, big), "a large file")
    expect(http(port, "GET /big.txt HTTP/1.1\r\nAccept-Encoding: gzip")[1][:32].find(b"\x1f\x8b") >= 0, "mod_deflate")
    expect(b"c.txt" in http(port, "GET /files/ HTTP/1.1")[1], "mod_dirlisting")
    expect(http(port, "GET /proxied/index.html HTTP/1.1")[0] == ok, "mod_proxy")
    expect(b"Server-Status" in http(port, "GET /status HTTP/1.1")[1], "mod_status")


def load(binaries, folder):
    port = free_port()
    (folder / "html/files").mkdir(parents=True)
    (folder / "html/files/c.txt").write_text("c")
    (folder / "html/a.secret").write_text("nobody reads this")
    (folder / "html/index.html").write_text("hello\n" * 1000)
    big = b"0123456789abcdef" * (1 << 16)
    (folder / "html/big.txt").write_bytes(big)
    (folder / "conf").write_text(CONFIGURATION.format(
        folder=folder, port=port, modules=", ".join(f'"{name}"' for name in MODULES)))
    server = Server([binaries / "lighttpd", "-D", "-f", folder / "conf", "-m", binaries], "server started")
    try:
        requests(port, big)
        hammer(port, "/index.html", 20000, "-k")
        hammer(port, "/index.html", 5000)
        hammer(port, "/proxied/index.html", 3000)
        # Logs are opened again.
        server.process.send_signal(signal.SIGHUP)
        requests(port, big)
        expect(filtered(server.process.pid), "no filter any longer")
        server.stop(signal.SIGINT)
    finally:
        server.kill()


def check(work):
    source, build = work.source("lighttpd"), work.folder / "build"
    with open(source / "CMakeLists.txt", "a", encoding="utf-8") as file:
        file.write(ADDED.format(overlay=work.overlay, modules=" ".join(MODULES)))
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", "-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_BUILD_TYPE=Release",
        f"-DCMAKE_PREFIX_PATH={work.installed()}")
    binaries = build / "build"
    work.build_and_decide(["ninja", "-C", build, "-j2", "lighttpd"], source, "what server.modules names",
                          {"modules": [f"{binaries}/{name}.so" for name in MODULES]})
    calls = work.calls(binaries / "lighttpd")
    expect("execve" in calls, "lighttpd starts backends")
    for name in ("ptrace", "mount", "bpf"):
        expect(name not in calls, name, "is in the policy")
    load(binaries, work.folder)
    # Programs of the project that nobody named are as they were.
    run("ninja", "-C", build, "-j2", "lighttpd-angel")
    expect("carries no policy" in run(work.program("chestnut"), "show", binaries / "lighttpd-angel", status=2),
           "lighttpd-angel is sandboxed")
    print(f"lighttpd: {len(calls)} calls")


if __name__ == "__main__":
    sys.exit(main(check, sys.argv))
