#!/usr/bin/env python3
"""redis by its own Makefile, under redis-benchmark and its own tests.

redis.py BUILD
"""

import sys

from building import Server, expect, free_port, main, run, talk

# Of redis's own tests, those that were seen to end and that pass without a
# sandbox, too: types, expiry, scripts, persistence, several servers at a time.
# unit/dump does not, since a security patch of Debian's.
TESTS = ["unit/type/string", "unit/type/list", "unit/expire", "unit/scripting", "unit/multi",
         "unit/pubsub", "unit/bitops", "integration/rdb"]


def command(port, *words):
    text = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
    return talk(port, text.encode(), b"\r\n").decode(errors="replace")


def load(source, folder):
    """A server with both kinds of persistence, and a replica of it."""
    program = source / "src/redis-server"
    ports = free_port(), free_port()
    servers = []

    def start(port, *more):
        home = folder / str(port)
        home.mkdir(exist_ok=True)
        servers.append(Server([program, "--port", port, "--dir", home, "--appendonly", "yes", *more],
                              "Ready to accept connections"))
        return servers[-1]

    try:
        first = start(ports[0])
        replica = start(ports[1], "--replicaof", "127.0.0.1", str(ports[0]))
        run("redis-benchmark", "-p", ports[0], "-q", "-n", 20000, "-c", 20)
        run("redis-benchmark", "-p", ports[0], "-q", "-n", 100000, "-P", 32, "-t", "set,get,lpush,zadd")
        expect(command(ports[0], "SET", "key", "value") == "+OK\r\n", "SET")
        expect(command(ports[0], "WAIT", "1", "60000") == ":1\r\n", "the replica has not followed")
        expect(command(ports[1], "GET", "key").startswith("$5"), "the replica does not know the key")
        expect(command(ports[0], "EVAL", "return redis.call('get', 'key')", "0").startswith("$5"), "EVAL")
        expect(command(ports[0], "SAVE") == "+OK\r\n", "SAVE")
        replica.stop()
        first.stop()
        start(ports[0])
        expect(command(ports[0], "GET", "key").startswith("$5"), "what was saved is not there again")
        servers[-1].stop()
    finally:
        for server in servers:
            server.kill()


def check(work):
    source = work.source("redis")
    # Debian's source only compiles with its own jemalloc, or none.
    make = ["make", "-j2", f"CC={work.compiler()}", "OPTIMIZATION=-O1", "MALLOC=libc"]
    work.build_and_decide(make, source, "this server is given no modules")
    calls = work.calls(source / "src/redis-server")
    for name in ("epoll_wait", "accept4", "fsync"):
        expect(name in calls, name, "is missing in the policy")
    for name in ("ptrace", "mount", "bpf", "setuid"):
        expect(name not in calls, name, "is in the policy")
    load(source, work.folder)
    # Their servers find a free port each; what they need of tcl is its own.
    tests = [word for test in TESTS for word in ("--single", test)]
    said = run("./runtest", "--clients", "2", *tests, cwd=source, timeout=1700)
    expect("All tests passed without errors" in said, said)
    print(f"redis: {len(calls)} calls, {said.count('[ok]')} tests of its own")


if __name__ == "__main__":
    sys.exit(main(check, sys.argv))
