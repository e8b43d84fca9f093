"""What it costs to be watched: the section of `chestnut run`."""

import json
import shutil
import socket
import subprocess
import sys
import time

import measure
from measure import alternate, median_text, ratio_text, run, table

# Requests of one redis-benchmark: a second or so without a tracer.
REQUESTS = 100000


def policy(setup, program, name, without=()):
    """The program's policy, complete but for `without`; its path."""
    whole = setup.scratch / f"{name}.whole.json"
    if not whole.exists():
        # Status 3: what is incomplete is decided by the supervisor.
        subprocess.run([setup.chestnut, "analyze", program, "-o", whole], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    content = json.loads(whole.read_text(encoding="utf-8"))
    content["program"] = program.rsplit("/", 1)[-1]
    content["calls"] = [call for call in content["calls"] if call["name"] not in without]
    path = setup.scratch / f"{name}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def watched(setup, path, name):
    """The words that run a program under --learn with the policy."""
    observed = setup.scratch / f"{name}.observed.json"
    observed.unlink(missing_ok=True)
    return [str(setup.chestnut), "run", "--force", "--policy", str(path), "--learn", "--observed",
            str(observed), "--"]


def call_cost(setup):
    """Rows: an allowed call under supervision, a noted one beside strace."""
    loops = {}
    for count in (3000000, 20000):
        loops[count] = str(setup.scratch / f"loop-{count}")
        run(["clang-19", "-O2", f"-DCALLS={count}", str(setup.programs / "getppid_loop.c"), "-o",
             loops[count]])
    many, few = loops[3000000], loops[20000]
    whole = policy(setup, many, "allowed")
    allowed = watched(setup, whole, "allowed")
    enforced = [str(setup.chestnut), "run", "--force", "--policy", str(whole), "--"]
    missing = watched(setup, policy(setup, few, "missing", ("getppid",)), "missing")
    strace, one = ["strace", "-f", "-o", "/dev/null"], ["taskset", "--cpu-list", "0"]
    results = alternate(setup.rounds, {
        "plain": lambda: float(run([many])),
        "enforced": lambda: float(run([*enforced, many])),
        "allowed": lambda: float(run([*allowed, many])),
        "noted": lambda: float(run([*missing, few])),
        "strace": lambda: float(run([*strace, few])),
        "noted, one": lambda: float(run([*one, *missing, few])),
        "strace, one": lambda: float(run([*one, *strace, few]))})
    return [["a `getppid` call, allowed", median_text(results["plain"], "ns"),
             median_text(results["allowed"], "ns"), "",
             ratio_text(results["allowed"], results["enforced"]) + " of its filter without a supervisor, "
             + ratio_text(results["allowed"], results["plain"]) + " of no filter", "1.02"],
            ["a `getppid` call, noted", median_text(results["plain"], "ns"),
             median_text(results["noted"], "ns"), median_text(results["strace"], "ns"),
             ratio_text(results["noted"], results["strace"]) + " of strace", "0.2"],
            ["the same, all on one processor", "", median_text(results["noted, one"], "ns"),
             median_text(results["strace, one"], "ns"),
             ratio_text(results["noted, one"], results["strace, one"]) + " of strace", ""]]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def throughput(words):
    """Requests a second of redis-server, started with these words before it."""
    port = str(free_port())
    with subprocess.Popen([*words, "/usr/bin/redis-server", "--port", port, "--save", ""],
                          stdout=subprocess.PIPE, text=True) as server:
        try:
            for line in server.stdout:
                if "ready to accept" in line.lower():
                    break
            else:
                raise measure.Failure("redis-server did not start")
            begin = time.perf_counter()
            run(["redis-benchmark", "-p", port, "-q", "-t", "get", "-n", str(REQUESTS)])
            return REQUESTS / (time.perf_counter() - begin)
        finally:
            # The tracer may stand between; the program itself ends.
            subprocess.run(["redis-cli", "-p", port, "shutdown", "nosave"], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            server.stdout.read()


def server_cost(setup):
    """The row of redis-server, or none where it is not installed."""
    if shutil.which("redis-server") is None or shutil.which("redis-benchmark") is None:
        print("bench: not installed, passed over: redis-server", file=sys.stderr)
        return []
    learn = watched(setup, policy(setup, "/usr/bin/redis-server", "redis"), "redis")
    results = alternate(setup.rounds, {
        "plain": lambda: throughput([]),
        "learn": lambda: throughput(learn),
        "strace": lambda: throughput(["strace", "-f", "-o", "/dev/null"])})
    return [["redis-benchmark, GET a second", median_text(results["plain"], ""),
             median_text(results["learn"], ""), median_text(results["strace"], ""),
             ratio_text(results["learn"], results["plain"]) + " of plain", "at least 0.97"]]


def supervision_cost(setup):
    """Programs under `chestnut run --learn`, plain and under strace -f."""
    rows = call_cost(setup) + server_cost(setup)
    return ("## Being watched\n\nDynamic programs alone, under `chestnut run --learn`, and under `strace -f -o /dev/null`. Most "
            "of what strace costs on an idle machine is another processor that has to be woken.\n\n"
            + table(["", "plain", "`--learn`", "`strace -f`", "ratio", "aim"], rows))
