#!/usr/bin/env python3
"""Ways to loosen a sandboxed program from outside, each with what comes of it;
SECURITY.md says the same in words. And programs built in mode notify, which
exist to be watched.

check_attacks.py CHESTNUT
"""

import json
import os
import signal
import subprocess

import common

# What the talk's prototype, its relatives and our own names might listen to.
ENVIRONMENT = {
    "DYNAMIC": "1",
    "TRACE": "1",
    "STATIC": "1",
    "TOOL": "/bin/true",
    "LOGFILE": "/dev/null",
    "DEBUG": "1",
    "CHESTNUT": "0",
    "CHESTNUT_MODE": "log",
    "CHESTNUT_POLICY": "/dev/null",
    "CHESTNUT_DISABLE": "1",
    "CHESTNUT_SUPERVISOR": "1",
    "SECCOMP": "0",
}
KILLED = -signal.SIGSYS


class Attacks(common.Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kill = cls.build("kill")
        cls.notify = cls.build("notify")

    @classmethod
    def build(cls, mode):
        """The victim, by chestnut cc, with a policy that lacks getppid."""
        program = cls.folder / f"missed-{mode}"
        policy = cls.folder / f"{program.name}.built.json"
        source = common.HERE / "victims" / "missed.c"
        build = [common.CHESTNUT, "cc", "-O1", "-pthread", source, "-o", program]
        # int 0x80 is what no policy can have: only such modes link it.
        subprocess.run(
            [*build, "--chestnut-mode=notify", f"--chestnut-policy-out={policy}"], check=True
        )
        content = json.loads(policy.read_text())
        content["incomplete"] = []
        content["mode"] = mode
        content["calls"] = [call for call in content["calls"] if call["name"] != "getppid"]
        policy.write_text(json.dumps(content))
        subprocess.run(
            [*build, f"--chestnut-mode={mode}", f"--chestnut-policy={policy}"], check=True
        )
        return program

    def run_it(self, program, *arguments, **options):
        return subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=common.LIMIT, **options
        )

    def test_nothing_loosens_it_without_an_attack_either(self):
        self.assertEqual(self.run_it(self.kill, "main").returncode, KILLED)
        self.assertEqual(self.run_it(self.kill, "nothing").returncode, 0)

    def test_the_environment_decides_nothing(self):
        for name, value in ENVIRONMENT.items():
            with self.subTest(name):
                run = self.run_it(self.kill, "main", env={**os.environ, name: value})
                self.assertEqual(run.returncode, KILLED)
        run = self.run_it(self.kill, "main", env={**os.environ, **ENVIRONMENT})
        self.assertEqual(run.returncode, KILLED)
        self.assertEqual(self.run_it(self.kill, "main", env={}).returncode, KILLED)

    def test_the_name_it_is_called_by_decides_nothing(self):
        for name in ("", "chestnut", "missed-log", "--log"):
            run = subprocess.run([name, "main"], executable=self.kill)
            self.assertEqual(run.returncode, KILLED)

    def test_files_beside_it_decide_nothing(self):
        for name in ("missed-kill.json", "chestnut.overlay.json", ".chestnut", "policy.json"):
            (self.folder / name).write_text('{"mode": "log"}')
        self.assertEqual(self.run_it(self.kill, "main", cwd=self.folder).returncode, KILLED)

    def test_descriptors_that_lie_about_decide_nothing(self):
        ends = os.pipe()
        for descriptor in range(3, 30):
            os.dup2(ends[0], descriptor, inheritable=True)
        run = self.run_it(self.kill, "main", close_fds=False)
        for descriptor in range(3, 30):
            os.close(descriptor)
        self.assertEqual(run.returncode, KILLED)
        # Nor does it need any.
        run = subprocess.run(["/bin/sh", "-c", f"exec {self.kill} main 0<&- 1>&- 2>&-"])
        self.assertEqual(run.returncode, KILLED)

    def test_no_option_of_chestnut_loosens_a_release_build(self):
        observed = self.folder / "release.json"
        for option in ("--log", "--learn", "--trace-all", "--ask"):
            run = self.run_it(
                common.CHESTNUT, "run", option, "--observed", observed, "--", self.kill, "main"
            )
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn("was built in mode kill, which nothing loosens", run.stderr)
        self.assertFalse(observed.exists())

    def test_with_another_policy_its_own_filter_is_still_there(self):
        content = json.loads((self.folder / "missed-kill.built.json").read_text())
        content["install_point"] = "entry"
        content["mode"] = "log"
        content["program"] = "missed-kill"
        loose = self.folder / "loose.json"
        loose.write_text(json.dumps(content))
        run = self.run_it(common.CHESTNUT, "run", "--policy", loose, "--", self.kill, "main")
        self.assertEqual(run.returncode, KILLED, run.stderr)

    def test_started_inside_another_filter_it_installs_its_own(self):
        dash = self.policy("/bin/dash", (), "dash.json")
        content = json.loads(dash.read_text())
        content["mode"] = "log"
        dash.write_text(json.dumps(content))
        run = self.run_it(
            common.CHESTNUT, "run", "--policy", dash, "--", "/bin/dash", "-c", f"{self.kill} main"
        )
        self.assertEqual(run.returncode, 128 + signal.SIGSYS, run.stderr)

    def test_inside_a_supervised_tree_its_answer_is_the_stricter_one(self):
        dash = self.policy("/bin/dash", (), "dash-watched.json")
        observed = self.folder / "tree.json"
        run = self.run_it(
            common.CHESTNUT, "run", "--policy", dash, "--trace-all", "--observed", observed,
            "--", "/bin/dash", "-c", f"{self.kill} main",
        )
        self.assertEqual(run.returncode, 128 + signal.SIGSYS, run.stderr)

    def test_a_library_put_before_it_is_the_owners_right(self):
        # Documented: whoever may start it may start something else.
        source = self.folder / "preload.c"
        source.write_text(
            "#include <unistd.h>\n"
            "__attribute__((constructor)) static void f(void) { write(1, \"before\\n\", 7); }\n"
        )
        library = self.folder / "preload.so"
        subprocess.run(["gcc", "-shared", "-fPIC", source, "-o", library], check=True)
        run = self.run_it(self.kill, "main", env={**os.environ, "LD_PRELOAD": str(library)})
        self.assertEqual((run.returncode, run.stdout), (KILLED, "before\n"))

    def test_built_to_be_watched_it_does_not_run_alone(self):
        for environment in (dict(os.environ), {**os.environ, **ENVIRONMENT}):
            run = self.run_it(self.notify, "nothing", env=environment)
            self.assertEqual(run.returncode, 125, run.stderr)
            self.assertIn("was built in mode notify and has no supervisor", run.stderr)
            self.assertEqual(run.stderr.count("\n"), 1)
        run = self.run_it(common.CHESTNUT, "run", "--", self.notify, "nothing")
        self.assertEqual(run.returncode, 125, run.stderr)

    def test_built_to_be_watched_it_is_watched(self):
        for way in ("main", "thread", "handler", "fork", "exec", "vfork", "int80", "x32"):
            with self.subTest(way):
                observed = self.folder / f"{way}.json"
                run = self.run_it(
                    common.CHESTNUT, "run", "--learn", "--observed", observed,
                    "--", self.notify, way,
                )
                if way in ("exec", "vfork"):
                    # What it executes is itself and asks for a supervisor of its own.
                    self.assertEqual(run.returncode, 1, run.stderr)
                    self.assertIn("has no supervisor", run.stderr)
                    continue
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                calls = self.observations(self.notify, observed)
                expected = {"int80": ("i386", 64), "x32": ("x32", 110)}
                self.assertEqual(
                    {(call["abi"], call["number"]) for call in calls},
                    {expected.get(way, ("x86_64", 110))},
                )

    def test_what_was_seen_of_it_makes_the_release_build_run(self):
        observed = self.folder / "release-observed.json"
        run = self.run_it(
            common.CHESTNUT, "run", "--learn", "--observed", observed, "--", self.notify, "main"
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        better = self.folder / "better.json"
        run = self.chestnut(
            "refine", self.notify, "--observed", observed, "--add", "-o", better
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        content = json.loads(better.read_text())
        content["mode"] = "kill"
        better.write_text(json.dumps(content))
        program = self.folder / "missed-notify"
        released = self.folder / "released" / program.name
        released.parent.mkdir()
        subprocess.run(
            [common.CHESTNUT, "cc", "-O1", "-pthread", common.HERE / "victims" / "missed.c",
             "-o", released, f"--chestnut-policy={better}"],
            check=True,
        )
        self.assertEqual(self.run_it(released, "main").returncode, 0)
        self.assertEqual(self.run_it(released, "int80").returncode, KILLED)


if __name__ == "__main__":
    common.main()
