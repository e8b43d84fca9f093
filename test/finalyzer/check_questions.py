#!/usr/bin/env python3
"""`chestnut run --ask`: what it shows on a terminal, what each answer does, and
what happens without a terminal.

check_questions.py CHESTNUT
"""

import signal

import common

PROMPT = "[o/a/n/e] "


class Questions(common.Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.missed = cls.victim("missed")
        cls.short = cls.policy(cls.missed, ("getppid",))

    def ask(self, *command, policy=None, prepare=lambda: None):
        return common.Terminal(
            (common.CHESTNUT, "run", "--ask", "--policy", policy or self.short, "--", *command),
            prepare,
        )

    def test_the_question_says_what_where_and_why(self):
        terminal = self.ask(self.missed, "errno")
        text = terminal.read_until(PROMPT)
        for word in (
            "wants getppid()",
            "at libc.so.6+0x",
            "(syscall+0x",
            "called from missed+0x",
            "(main+0x",
            "why it is asked: the policy's analysis found no way to it",
        ):
            self.assertIn(word, text)
        # What is no answer is asked again.
        terminal.write("what?\n")
        terminal.read_until(PROMPT)
        terminal.write("o\n")
        terminal.read_until("1 0")
        self.assertEqual(terminal.wait(), (0, None))

    def test_arguments_are_decoded_and_harmless(self):
        program = self.victim("pointer")
        terminal = self.ask(program, policy=self.policy(program, ("open",)))
        self.assertIn('open("/dev/', terminal.read_until(PROMPT))
        terminal.write("e\n")
        self.assertEqual(terminal.wait(), (None, signal.SIGKILL))

    def test_never_fails_the_call_from_then_on(self):
        terminal = self.ask(self.missed, "errno")
        terminal.read_until(PROMPT)
        terminal.write("n\n")
        terminal.read_until("0 1")
        self.assertEqual(terminal.wait(), (0, None))

    def test_once_is_for_one_call_and_always_for_all(self):
        many = self.victim("many")
        policy = self.policy(many, ("getppid",))
        terminal = self.ask(many, "1", "20", policy=policy)
        for _ in range(2):
            terminal.read_until(PROMPT)
            terminal.write("o\n")
        terminal.read_until(PROMPT)
        terminal.write("a\n")
        terminal.read_until("20\r\n")
        self.assertEqual(terminal.wait(), (0, None))

    def test_end_and_the_end_of_input_end_the_program(self):
        for answer in ("e\n", "\x04"):
            terminal = self.ask(self.missed, "main")
            terminal.read_until(PROMPT)
            terminal.write(answer)
            self.assertEqual(terminal.wait(), (None, signal.SIGKILL))

    def test_interrupting_ends_program_and_question(self):
        terminal = self.ask(self.missed, "main")
        terminal.read_until(PROMPT)
        terminal.write("\x03")  # ^C
        self.assertEqual(terminal.wait(), (None, signal.SIGINT))

    def test_a_terminal_that_closes_is_no_yes(self):
        terminal = self.ask(self.missed, "main", prepare=common.ignore_hangup)
        terminal.read_until(PROMPT)
        terminal.close()
        self.assertEqual(terminal.wait(), (None, signal.SIGSYS))

    def test_without_a_terminal_the_policy_stands(self):
        run = self.run_under(
            self.short, ("--ask",), (self.missed, "main"), start_new_session=True
        )
        self.assertEqual(run.returncode, -signal.SIGSYS)
        self.assertIn("there is no terminal to ask on", run.stderr)
        self.assertIn("getppid() at libc.so.6", run.stderr)
        self.assertIn("refused", run.stderr)
        run = self.run_under(
            self.short, ("--ask",), (self.missed, "nothing"), start_new_session=True
        )
        self.assertEqual(run.returncode, 0, run.stderr)


if __name__ == "__main__":
    common.main()
