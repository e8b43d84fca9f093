#!/usr/bin/env python3
"""What programs execute: listed by the analysis, chosen by --exec-policy, enforced
with kill.

check_execs.py CHESTNUT
"""

import json
import os
import signal

import common


class Listed(common.Folder):
    def executes(self, path):
        content = json.loads(path.read_text())
        return content, {
            (entry["function"], entry.get("program"), entry.get("command")): entry
            for entry in content.get("executes", ())
        }

    def check(self, policy, place):
        content, found = self.executes(policy)
        self.assertEqual(content["schema_version"], "1.1")
        for key in (
            ("system", "/bin/sh", "ls -l / > /dev/null"),
            ("popen", "/bin/sh", "uname"),
            ("posix_spawn", "/bin/cat", None),
            ("execl", "/bin/ls", None),
            ("execvp", None, None),
        ):
            self.assertIn(key, found)
            chain = found[key]["witness"]
            self.assertIn(place, chain[-1]["place"])
        self.assertEqual(len(found), 5, found)

    def test_of_a_binary(self):
        victim = self.victim("executes")
        policy = self.folder / "binary.json"
        run = self.chestnut("analyze", victim, "-o", policy)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.check(policy, "executes+0x")
        shown = self.chestnut("show", policy).stdout
        self.assertIn("/bin/cat by posix_spawn at executes+0x", shown)
        self.assertIn("/bin/sh -c 'uname' by popen", shown)
        self.assertIn("a program that is not known by execvp", shown)
        self.assertIn("its filter stays on in what it executes", shown)
        explained = self.chestnut("explain", policy, "execve").stdout
        self.assertIn("executes /bin/ls by execl", explained)

    def test_of_a_source(self):
        source = common.HERE / "victims" / "executes.c"
        policy = self.folder / "source.json"
        run = self.chestnut("cc", source, "-o", self.folder / "built",
                            f"--chestnut-policy-out={policy}")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.check(policy, "executes.c:")

    def test_programs_that_execute_nothing_are_written_as_before(self):
        policy = self.folder / "none.json"
        self.chestnut("analyze", "/bin/true", "-o", policy)
        content, found = self.executes(policy)
        self.assertEqual((content["schema_version"], found), ("1.0", {}))
        self.assertNotIn("exec_policy", content)


class Chosen(common.Folder):
    def setUp(self):
        self.program = self.victim("executes")

    def run_with(self, choice, *words):
        return self.chestnut("run", "--exec-policy", choice, "--", self.program, *words)

    def narrowed(self, program, without):
        """A policy file of a program's whole life, without some calls."""
        path = self.folder / f"{os.path.basename(program)}.narrow.json"
        self.chestnut("analyze", "--at", "exec", program, "-o", path)
        content = json.loads(path.read_text())
        self.assertEqual(content["incomplete"], [])
        for calls in ("calls", "startup_calls"):
            content[calls] = [c for c in content[calls] if c["name"] not in without]
        path.write_text(json.dumps(content))
        return path

    def test_what_is_executed_runs_under_the_same_filter(self):
        # ls needs what this program does not.
        run = self.chestnut("run", "--", self.program, "execl")
        self.assertEqual(run.returncode, -signal.SIGSYS, run.stderr)

    def test_block(self):
        run = self.run_with("block", "execl")
        self.assertEqual(run.returncode, -signal.SIGSYS, run.stderr)
        path = self.folder / "block.json"
        self.chestnut("analyze", "--exec-policy", "block", self.program, "-o", path)
        content = json.loads(path.read_text())
        self.assertEqual(content["exec_policy"], "block")
        names = {call["name"] for call in content["calls"]}
        self.assertFalse({"execve", "execveat"} & names)
        self.assertIn("executes no other program", self.chestnut("show", path).stdout)

    def test_block_is_not_for_filters_that_begin_before_execve(self):
        run = self.chestnut("run", "--at", "exec", "--exec-policy", "block", "--",
                            self.program, "execl")
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("install point exec", run.stderr)

    def test_shared(self):
        path = self.folder / "shared.json"
        run = self.chestnut("analyze", "--exec-policy", "shared", self.program, "-o", path)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("in which the filter of executes stays on", run.stderr)
        why = self.chestnut("explain", path, "statfs").stdout
        self.assertIn("executed by executes, whose filter stays on in it", why)
        for way in ("execl", "spawn", "system", "popen"):
            run = self.run_under(path, (), (self.program, way))
            self.assertEqual(run.returncode, 0, (way, run.stderr))

    def test_check_looks_at_what_is_executed(self):
        path = self.folder / "checked.json"
        for choice in ("shared", "block", "/bin/ls"):
            self.chestnut("analyze", "--exec-policy", choice, self.program, "-o", path)
            run = self.chestnut("check", path, "--program", self.program)
            self.assertEqual((run.returncode, "the policy fits" in run.stdout), (0, True), run.stdout)
            self.assertEqual("is not checked" in run.stderr, choice == "/bin/ls", run.stderr)
        # As if ls had got another library.
        for made, asked in (("shared", ()), ("/bin/ls", ("--exec-policy", "/bin/ls"))):
            self.chestnut("analyze", "--exec-policy", made, self.program, "-o", path)
            content = json.loads(path.read_text())
            content["calls"] = [c for c in content["calls"] if c["name"] != "statfs"]
            next(m for m in content["modules"] if m["name"] == "libselinux.so.1")["build_id"] = "00"
            path.write_text(json.dumps(content))
            run = self.chestnut("check", path, "--program", self.program, *asked)
            self.assertEqual(run.returncode, 1, run.stdout)
            self.assertIn("libselinux.so.1: build id ", run.stdout)
            self.assertIn("statfs: needed now, not allowed", run.stdout)
            self.assertIn("executed by executes, whose filter stays on in it", run.stdout)

    def test_a_policy_per_program(self):
        whole = self.run_with("/bin/ls", "execl")
        self.assertEqual(whole.returncode, 0, whole.stderr)
        # The parent may do what the child may not, and the other way round.
        narrow = self.narrowed("/bin/ls", ("getdents64",))
        run = self.run_with(narrow, "execl")
        self.assertEqual(run.returncode, -signal.SIGSYS, run.stderr)
        self.assertIn("getdents64(", run.stderr)
        self.assertIn("is not in the policy of ls; refused", run.stderr)
        # Of others the parent's policy decides.
        run = self.run_with("/bin/ls", "any", "uname")
        self.assertEqual(run.returncode, -signal.SIGSYS, run.stderr)
        self.assertIn("the policy of executes, which executes uname", run.stderr)

    def test_a_parents_filter_contains_its_childrens(self):
        path = self.folder / "contains.json"
        run = self.chestnut("analyze", "--exec-policy", "/bin/ls", self.program, "-o", path)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("added for ls, in which the filter of executes stays on:", run.stderr)
        self.assertIn("ls brings no filter of its own", run.stderr)
        self.assertEqual(json.loads(path.read_text())["exec_policy"], "per-program")
        # A child that brings its own filter puts it on under the parent's.
        patched = self.folder / "ls"
        self.assertEqual(self.chestnut("patch", "/bin/ls", "-o", patched).returncode, 0)
        run = self.chestnut("analyze", "--exec-policy", patched, self.program, "-o", path)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("brings no filter", run.stderr)
        run = self.run_under(path, (), (self.program, "any", patched, "/"))
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_supervised(self):
        run = self.run_with("supervised", "system")
        self.assertEqual(run.returncode, 0, run.stderr)
        # A policy that is given is taken as it is.
        narrow = self.narrowed("/bin/ls", ("getdents64",))
        run = self.run_with(f"supervised,{narrow}", "system")
        self.assertIn("is not in the policy of ls; refused", run.stderr)
        self.assertNotEqual(run.returncode, 0)

    def test_a_program_does_not_get_the_policy_of_another_at_its_path(self):
        run = self.run_with("supervised", "mounted", "/bin/echo", "/bin/ls")
        self.assertEqual(run.returncode, -signal.SIGSYS, run.stderr)
        self.assertIn("/usr/bin/ls: the file that runs is not the one at its path", run.stderr)
        run = self.run_with("supervised", "mounted", "/bin/ls", "/bin/ls")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_what_was_executed_is_noted_by_program(self):
        observed = self.folder / "seen.json"
        narrow = self.narrowed("/bin/ls", ("getdents64",))
        run = self.chestnut("run", "--exec-policy", narrow, "--learn", "--observed", observed,
                            "--", self.program, "execl")
        self.assertEqual(run.returncode, 0, run.stderr)
        policy = self.policy(self.program, name="whole.json")
        calls = self.observations(policy, observed)
        self.assertEqual({(call["program"], call["name"]) for call in calls},
                         {("ls", "getdents64")})

    def test_the_choice_is_kept_in_the_policy(self):
        path = self.folder / "supervised.json"
        self.chestnut("analyze", "--exec-policy", "supervised", self.program, "-o", path)
        self.assertEqual(json.loads(path.read_text())["exec_policy"], "supervised")
        run = self.run_under(path, (), (self.program, "execl"))
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_built_programs(self):
        source = common.HERE / "victims" / "executes.c"
        built = self.folder / "built"
        run = self.chestnut("cc", source, "-o", built, "--chestnut-exec-policy=shared")
        self.assertEqual(run.returncode, 0, run.stderr)
        for way in ("execl", "system"):
            run = self.chestnut("run", "--", built, way)
            self.assertEqual(run.returncode, 0, (way, run.stderr))
        run = self.chestnut("cc", source, "-o", built, "--chestnut-exec-policy=block")
        self.assertEqual(run.returncode, 0, run.stderr)
        run = self.chestnut("run", "--", built, "execl")
        self.assertEqual(run.returncode, -signal.SIGSYS, run.stderr)

    def test_bad_input(self):
        for words, said in (
            (("block,/bin/ls",), "takes no programs"),
            (("shared,block",), "exclude each other"),
            (("/nowhere/at/all",), "/nowhere/at/all"),
        ):
            run = self.run_with(*words, "execl")
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn(said, run.stderr)
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)


if __name__ == "__main__":
    common.main()
