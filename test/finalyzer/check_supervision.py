#!/usr/bin/env python3
"""Programs under `chestnut run --log`, `--learn`, `--trace-all`, and what
`chestnut refine` makes of it.

check_supervision.py CHESTNUT
"""

import json
import os
import signal
import stat
import subprocess
import unittest

import common

SHORT = ("getppid",)
# How the victim makes the call that its policy lacks; whether a policy can
# have it.
WAYS = {
    "main": True,
    "thread": True,
    "handler": True,
    "fork": True,
    "exec": True,
    "vfork": True,
    "int80": False,
    "x32": False,
}


class Supervision(common.Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.missed = cls.victim("missed")
        cls.short = cls.policy(cls.missed, SHORT)

    def learn(self, way, name, *options):
        observed = self.folder / f"{name}.observed.json"
        run = self.run_under(
            self.short, ("--learn", "--observed", observed, *options), (self.missed, way)
        )
        self.assertEqual((run.returncode, run.stderr), (0, ""), way)
        return observed

    def test_every_way_to_a_missed_call_is_noted_and_can_be_added(self):
        for way, can_be_added in WAYS.items():
            with self.subTest(way):
                # int80 and x32 are killed under any policy.
                plain = self.run_under(self.short, (), (self.missed, way))
                dies_itself = way in ("main", "thread", "handler", "int80", "x32")
                self.assertEqual(plain.returncode, -signal.SIGSYS if dies_itself else 1)
                observed = self.learn(way, way)
                calls = self.observations(self.short, observed)
                self.assertEqual({call["answer"] for call in calls}, {"continued"})
                numbers = {(call["abi"], call["number"]) for call in calls}
                expected = {"int80": ("i386", 64), "x32": ("x32", 110)}
                if way in ("exec", "vfork"):
                    # What is executed starts under the filter: its loader's calls too.
                    self.assertIn(("x86_64", 110), numbers)
                else:
                    self.assertEqual(numbers, {expected.get(way, ("x86_64", 110))})
                better = self.folder / f"{way}.better.json"
                run = self.chestnut(
                    "refine", self.short, "--observed", observed, "--add", "-o", better
                )
                self.assertEqual(run.returncode, 0 if can_be_added else 1, run.stderr)
                if can_be_added:
                    self.assertIn("added getppid: seen", run.stdout)
                    again = self.run_under(better, (), (self.missed, way))
                    self.assertEqual(again.returncode, 0, again.stderr)
                    why = self.chestnut("explain", better, "getppid")
                    self.assertIn("observed", why.stdout)
                else:
                    self.assertIn("no policy allows it", run.stdout)

    def test_an_observation_says_where_the_call_was_made(self):
        (call,) = self.observations(self.short, self.learn("main", "where"))
        self.assertEqual((call["program"], call["count"]), ("missed", 1))
        self.assertEqual(call["place"]["module"], "libc.so.6")
        self.assertIn("missed", [frame["module"] for frame in call["stack"]])

    def test_log_says_each_new_call_once_and_lets_it_through(self):
        many = self.victim("many")
        run = self.run_under(self.policy(many, SHORT), ("--log",), (many, "1", "50"))
        self.assertEqual(run.returncode, 0, run.stderr)
        lines = [line for line in run.stderr.splitlines() if "getppid() at libc.so.6+0x" in line]
        # From getppid, from syscall; the children make the latter at the same place.
        self.assertEqual(len(lines), 2, run.stderr)
        self.assertTrue(all("is not in the policy; let through" in line for line in lines))

    def test_no_notification_is_lost(self):
        many = self.victim("many")
        short = self.policy(many, SHORT)
        observed = self.folder / "many.observed.json"
        run = self.run_under(
            short, ("--learn", "--observed", observed), (many, "8", "2000")
        )
        self.assertEqual((run.returncode, run.stdout), (0, "16000\n"), run.stderr)
        count = sum(
            call["count"] for call in self.observations(short, observed) if call["number"] == 110
        )
        # The children may be killed while their call is looked at.
        self.assertGreaterEqual(count, 16000)
        self.assertLessEqual(count, 16010)

    def test_runs_merge(self):
        observed = self.learn("main", "merge")
        self.observations(self.short, observed)
        self.assertEqual(self.learn("main", "merge"), observed)
        (call,) = self.observations(self.short, observed)
        self.assertEqual(call["count"], 2)
        self.assertEqual(json.loads(observed.read_text())["runs"], 2)

    def test_the_program_is_as_it_is_without(self):
        state = self.victim("state")
        short = self.policy(state, SHORT)
        plain = subprocess.run([state], capture_output=True, text=True)
        observed = self.folder / "state.observed.json"
        run = self.run_under(short, ("--learn", "--observed", observed), (state,))
        self.assertEqual(run.returncode, 42, run.stderr)
        self.assertEqual((run.stdout, run.stderr), (plain.stdout, plain.stderr))
        self.observations(short, observed)
        left = subprocess.run(["pgrep", "-f", str(observed)], capture_output=True, text=True)
        self.assertEqual(left.stdout, "")

    def test_trace_all_notes_everything_and_removes_only_what_is_not_needed(self):
        observed = self.folder / "all.observed.json"
        whole = self.policy(self.missed, (), "missed.whole.json")
        run = self.run_under(whole, ("--trace-all", "--observed", observed), (self.missed, "main"))
        self.assertEqual(run.returncode, 0, run.stderr)
        calls = self.observations(whole, observed)
        self.assertIn("getppid", [call["name"] for call in calls])
        self.assertEqual({call["answer"] for call in calls}, {"allowed"})
        less = self.folder / "less.json"
        run = self.chestnut("refine", whole, "--observed", observed, "--remove-unused", "-o", less)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("removed vfork: never seen\n  static analysis knows a way to it:", run.stdout)
        self.assertIn("kept tgkill: ", run.stdout)
        self.assertEqual(self.run_under(less, (), (self.missed, "main")).returncode, 0)
        names = self.chestnut("show", less, "--format", "names").stdout.split()
        self.assertIn("exit_group", names)
        self.assertNotIn("vfork", names)

    def test_missing_calls_do_not_say_what_is_unused(self):
        observed = self.learn("main", "unused")
        run = self.chestnut("refine", self.short, "--observed", observed, "--remove-unused")
        self.assertEqual(run.returncode, 2)
        self.assertIn("--trace-all", run.stderr)

    def test_by_hand_wants_a_reason_and_keeps_it(self):
        bad = self.chestnut("refine", self.short, "--allow", "getppid")
        self.assertEqual(bad.returncode, 2)
        self.assertIn("CALL=REASON", bad.stderr)
        better = self.folder / "hand.json"
        run = self.chestnut(
            "refine", self.short, "--allow", "getppid=the watchdog asks", "-o", better
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("the watchdog asks", self.chestnut("explain", better, "getppid").stdout)
        bad = self.chestnut("refine", self.short, "--drop", "rt_sigreturn=never")
        self.assertEqual(bad.returncode, 2)
        self.assertIn("cannot be taken away", bad.stderr)

    def test_what_other_programs_do_counts_where_one_says_so(self):
        short = self.policy("/bin/dash", ("getppid", "uname"))
        observed = self.folder / "sh.observed.json"
        run = self.run_under(
            short,
            ("--force", "--learn", "--observed", observed),
            ("/bin/dash", "-c", f"{self.missed} main; {self.missed} main"),
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        run = self.chestnut("refine", short, "--observed", observed, "--add")
        self.assertEqual(run.returncode, 1)
        self.assertIn("made by 'missed', which runs under the same filter", run.stdout)
        better = self.folder / "sh.better.json"
        run = self.chestnut(
            "refine", short, "--observed", observed, "--add", "--exec", "shared", "-o", better
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        run = self.run_under(better, ("--force",), ("/bin/dash", "-c", f"{self.missed} main; true"))
        self.assertEqual(run.returncode, 0, run.stderr)
        blocked = self.folder / "sh.blocked.json"
        run = self.chestnut("refine", short, "--exec", "block", "-o", blocked)
        self.assertIn("removed execve: by hand: other programs are not executed", run.stdout)

    def test_audit_records_are_read(self):
        log = self.folder / "audit.log"
        record = (
            'auid=0 uid=0 gid=0 ses=1 pid=7 comm="missed" exe="{}" sig=0 arch=c000003e '
            "syscall={} compat=0 ip=0x7f0000000000 code=0x7ffc0000\n"
        )
        log.write_text(
            "[1.5] audit: type=1326 audit(1.2:3): " + record.format("/x/missed", 110)
            + "type=SECCOMP msg=audit(1.2:3): " + record.format("/x/other", 39)
            + "type=1326 audit(1.2:4): auid=0 exe=\"/x/missed\" sysc\n"
            + "[2.0] eth0: link is up\n"
        )
        run = self.chestnut("refine", self.short, "--audit", log, "--add")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("1 seccomp records of 'missed', 1 of others, 1 cut off", run.stderr)
        self.assertIn("added getppid: seen 1 time in missed", run.stdout)

    def refused(self, run, words, status=2):
        self.assertEqual(run.returncode, status, run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertTrue(run.stderr.startswith("chestnut: "), run.stderr)
        self.assertIn(words, run.stderr)

    def test_bad_observations_are_refused(self):
        observed = self.learn("main", "bad")
        self.observations(self.short, observed)
        whole = self.policy(self.missed, (), "missed.whole.json")
        self.refused(self.chestnut("refine", whole, "--observed", observed), "not of 'missed'")
        text = observed.read_text()
        broken = self.folder / "broken.json"
        for content, words in (
            (text[:-20], "cut off"),
            (text.replace('"schema_version":"1.0"', '"schema_version":"2.0"'), 'version is "2.0"'),
            (text.replace('"complete":true', '"complete":false'), "supervisor that wrote it was"),
            (text.replace('"name":"getppid"', '"name":"read"'), 'is not that of "number"'),
            (text.replace('"count":1', '"count":-1'), "is not a whole number"),
            ("", "not JSON"),
        ):
            broken.write_text(content)
            self.refused(self.chestnut("refine", self.short, "--observed", broken), words)
        # A run does not write over it either.
        run = self.run_under(self.short, ("--learn", "--observed", broken), (self.missed, "main"))
        self.refused(run, "not JSON")
        self.assertEqual(broken.read_text(), "")

    def test_what_cannot_be_watched_is_refused(self):
        observed = self.folder / "refused.json"
        learn = ("--learn", "--observed", observed)
        script = self.folder / "script"
        script.write_text(f"#!{self.missed}\n")
        script.chmod(0o755)
        self.refused(
            self.chestnut("run", "--policy", self.policy("/bin/dash"), *learn, "--", script),
            "is a script",
        )
        run = self.chestnut("run", "--policy", self.short, *learn, "--", "/nowhere/program")
        self.refused(run, "No such file")
        run = self.chestnut("run", "--policy", self.short, "--learn", "--", self.missed)
        self.refused(run, "add --observed FILE")
        run = self.chestnut("run", "--policy", self.short, "--observed", "x", "--", self.missed)
        self.refused(run, "needs a supervisor")
        run = self.chestnut(
            "run", "--policy", self.short, "--learn", "--observed", "/nowhere/x", "--", self.missed
        )
        self.refused(run, "/nowhere/x: cannot be written")
        if os.geteuid() == 0:
            privileged = self.folder / "privileged"
            privileged.write_bytes(self.missed.read_bytes())
            os.chown(privileged, 65534, 65534)
            privileged.chmod(0o755 | stat.S_ISUID)
            run = self.run_under(self.short, ("--force", *learn), (privileged, "main"))
            self.refused(run, "set-uid")
        self.assertFalse(observed.exists())

    def test_a_second_listener_is_refused_with_its_reason(self):
        observed = self.folder / "outer.json"
        inner = self.folder / "inner.json"
        run = self.run_under(
            self.policy("/bin/dash"),
            ("--force", "--learn", "--observed", observed),
            (common.CHESTNUT, "run", "--policy", self.short, "--learn", "--observed", inner,
             "--", self.missed, "main"),
        )
        self.assertEqual(run.returncode, -signal.SIGKILL, run.stderr)
        self.assertIn("a supervisor listens to this process already", run.stderr)

    def test_a_kernel_without_listeners_is_said(self):
        observed = self.folder / "old.json"
        run = self.run_under(self.short, ("--learn", "--observed", observed), (self.missed, "main"),
                             preexec_fn=common.without_listeners)
        self.assertEqual(run.returncode, -signal.SIGKILL, run.stderr)
        self.assertIn("the kernel has no user notification for all threads (Linux 5.7", run.stderr)
        self.assertIn("chestnut refine --audit", run.stderr)
        self.assertFalse(observed.exists())
        run = self.chestnut("doctor", preexec_fn=common.without_listeners)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertIn("user notification: Invalid argument", run.stdout)
        # Whoever only enforces needs none.
        run = self.run_under(self.policy(self.missed, name="whole.json"), (), (self.missed, "main"),
                             preexec_fn=common.without_listeners)
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_stopped_program_and_its_end_do_not_hold_the_supervisor(self):
        observed = self.folder / "stopped.json"
        short = self.policy("/bin/dash", SHORT)
        program = subprocess.Popen(
            [common.CHESTNUT, "run", "--policy", short, "--force", "--learn", "--observed",
             observed, "--", "/bin/dash", "-c", "kill -STOP $$; exit 3"]
        )
        _, status = os.waitpid(program.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        run = self.chestnut("refine", short, "--observed", observed)
        self.refused(run, "is still being written")
        program.send_signal(signal.SIGKILL)
        _, status = os.waitpid(program.pid, 0)
        program.returncode = -signal.SIGKILL
        self.assertEqual(os.WTERMSIG(status), signal.SIGKILL)
        self.observations(short, observed)

    def test_a_changed_name_is_what_the_kernel_sees(self):
        pointer = self.victim("pointer")
        run = self.run_under(self.policy(pointer, ("open",)), ("--log",), (pointer,))
        self.assertEqual((run.returncode, run.stdout), (0, "another file was opened\n"))
        self.assertIn('open("/dev/', run.stderr)

    def test_doctor_explains_itself(self):
        run = self.chestnut("doctor")
        self.assertIn(run.returncode, (0, 1), run.stderr)
        for word in ("kernel: ", "user notification: ", "tracing: ", "kernel log: "):
            self.assertIn(word, run.stdout)


if __name__ == "__main__":
    common.main()
