#!/usr/bin/env python3
"""What makes a guide wrong, and what does not."""

import pathlib
import tempfile
import unittest

import guide


class Follow(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def follow(self, text, is_complete=False):
        (self.folder / "guide.md").write_text(text, encoding="utf-8")
        return guide.Guide(self.folder / "guide.md", self.folder, "/nowhere", is_complete).follow()

    def wrong(self, text, words, is_complete=False):
        with self.assertRaisesRegex(guide.Wrong, words):
            self.follow(text, is_complete)

    def test_files_and_commands(self):
        self.assertEqual(3, self.follow("```c\n// in/a.c\none\n```\n```sh\necho no file\n```\n"
                                        "```console\n$ cat in/a.c\none\n$ echo two\n```\n```c\n# in/a.c\nmore\n```\n"
                                        "```console\n$ cat in/a.c\none\nmore\n```\n"))

    def test_a_here_document_is_typed(self):
        self.follow("```console\n$ cat - <<'END' > a\n$ no command\nEND\n$ cat a\n$ no command\n```\n"
                    .replace("\n$ cat a\n$ no command", "\n$ grep -c command a\n1"))

    def test_lines_in_their_order(self):
        self.follow("```console\n$ seq 5\n2\n4\n```\n")
        self.wrong("```console\n$ seq 5\n4\n2\n```\n", "instead of:\n4\n2")
        self.wrong("```console\n$ seq 5\n6\n```\n", "instead of:\n6")
        # Not in the middle of a line.
        self.wrong("```console\n$ echo 12\n2\n```\n", "instead of:\n2")

    def test_all_lines(self):
        self.follow("```console\n$ seq 2\n1\n2\n$ true\n```\n", is_complete=True)
        self.follow("```console\n$ seq 9\n1\n…\n8\n9\n```\n", is_complete=True)
        self.wrong("```console\n$ seq 3\n1\n2\n```\n", "prints:\n1\n2\n3\n", is_complete=True)
        self.wrong("```console\n$ seq 1\n```\n", "prints:\n1\n", is_complete=True)

    def test_anything_in_a_line(self):
        self.follow("```console\n$ echo a 17 b >&2\na … b\n```\n")
        self.wrong("```console\n$ echo a 17 c\na … b\n```\n", "prints:\na 17 c\n")

    def test_the_status(self):
        self.wrong("```console\n$ false\n```\n", r"\$ false\nends with 1, not 0")
        self.follow("```console\n$ echo incomplete: all; exit 3\nincomplete: all\n```\n")
        self.wrong("```console\n$ echo incomplete: all\nincomplete: all\n```\n", "ends with 0, not 3")

    def test_no_command(self):
        self.wrong("```c\n// a.c\nint a;\n```\n", "no command in it")


if __name__ == "__main__":
    unittest.main()
