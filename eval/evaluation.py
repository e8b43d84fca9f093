"""Analyses and exercises one program."""

import json
import os
import subprocess

import summary

POINTS = ("main", "entry")
# A program without libc has no main to be found; its entry point stands for it.
NO_MAIN = "main is not known"


def analyse(chestnut, path, point):
    """(policy, error): one of them is None."""
    done = subprocess.run([chestnut, "analyze", path, "--at", point, "--exact", "--format", "json"],
                          check=False, capture_output=True, text=True)
    # 3: the policy is there and marked as incomplete.
    if done.returncode not in (0, 3):
        message = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[0]
        return None, message.removeprefix("chestnut: ")
    return json.loads(done.stdout), None


def evaluate(chestnut, entry, workloads, tracer):
    """The result of one program: see summary.summarize."""
    name = os.path.basename(entry.path)
    result = {"program": name, "path": entry.path, "package": entry.package, "error": "",
              "calls": {}, "incomplete": [], "modules": 0, "commands": 0, "missing": [], "unseen": [],
              "main_unknown": False}
    policies = {}
    for point in reversed(POINTS):
        policies[point], error = analyse(chestnut, entry.path, point)
        if error and NO_MAIN in error and "entry" in policies:
            policies[point], error = policies["entry"], None
            result["main_unknown"] = True
        if error:
            result["error"] = error
            return result
        result["calls"][point] = sorted(call["name"] for call in policies[point]["calls"])
    policy = policies["main"]
    result["incomplete"] = policy["incomplete"]
    result["modules"] = len(policy["modules"])
    if workloads:
        exercise(result, policy, entry.path, workloads, tracer)
    return result


def exercise(result, policy, path, workloads, tracer):
    """Fills in what runs show."""
    allowed = {call["name"] for call in policy["calls"]}
    startup = {call["name"] for call in policy["startup_calls"]}
    seen, missing = set(), set()
    for workload in workloads:
        calls, from_main = tracer.run(path, workload)
        seen |= calls
        missing |= calls - allowed if from_main else calls - allowed - startup - {"execve"}
    result["commands"] = len(workloads)
    result["missing"] = sorted(missing)
    result["unseen"] = [list(summary.cause_of(call["witness"])) for call in policy["calls"]
                        if call["name"] not in seen]
