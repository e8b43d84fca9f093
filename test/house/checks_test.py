#!/usr/bin/env python3
"""Each check must see the mistake that it is there for."""

import unittest

import check_build_files
import check_docs
import check_includes
import check_targets


class Includes(unittest.TestCase):
    def problems(self, path, include):
        return check_includes.file_problems(path, f"#include {include}\n")

    def test_room_beyond_its_table(self):
        self.assertEqual(len(self.problems("frontend/a.cc", '"binalyzer/elf.h"')), 1)
        self.assertEqual(len(self.problems("policy/a.cc", '"callgraph/graph.h"')), 1)
        self.assertEqual(len(self.problems("facts/a_test.cc", '"frontend/host.h"')), 1)

    def test_room_within_its_table(self):
        self.assertEqual(self.problems("frontend/a.cc", '"syscalls/table.h"'), [])
        self.assertEqual(self.problems("callgraph/a.cc", '"policy/model.h"'), [])
        self.assertEqual(self.problems("driver/a.cc", '"callgraph/graph.h"'), [])

    def test_runtime_and_support_stand_alone(self):
        self.assertEqual(len(self.problems("runtime/a.c", '"facts/reader.h"')), 1)
        self.assertEqual(len(self.problems("runtime/a.c", "<stdio.h>")), 1)
        self.assertEqual(len(self.problems("runtime/a.c", "<vector>")), 1)
        self.assertEqual(len(self.problems("support/a.cc", '"facts/reader.h"')), 1)
        self.assertEqual(self.problems("runtime/a.c", "<unistd.h>"), [])

    def test_foreign_formats(self):
        self.assertEqual(len(self.problems("binalyzer/a.cc", '"clang/AST/Decl.h"')), 1)
        self.assertEqual(len(self.problems("frontend/a.cc", "<elf.h>")), 1)

    def test_unknown_room(self):
        self.assertEqual(len(self.problems("stuff/a.cc", "<vector>")), 1)


class Targets(unittest.TestCase):
    CMAKE = "# //room:name\nchestnut_cc_library(\n  NAME room_name\n  HDRS a.h\n  SRCS a.cc\n  DEPS absl::status)\n"
    BUILD = 'cc_library(\n    name = "name",\n    srcs = ["a.cc"],\n    hdrs = ["a.h"],\n)\n'

    def compare(self, cmake, build):
        targets, problems = check_targets.cmake_targets("room", cmake)
        return problems + check_targets.compare(targets, check_targets.bazel_targets("room", build))

    def test_twins(self):
        self.assertEqual(self.compare(self.CMAKE, self.BUILD), [])

    def test_missing_on_either_side(self):
        self.assertEqual(len(self.compare(self.CMAKE, "")), 1)
        self.assertEqual(len(self.compare("", self.BUILD)), 1)

    def test_no_label_or_wrong_name(self):
        self.assertTrue(self.compare(self.CMAKE.replace("# //room:name\n", ""), self.BUILD))
        self.assertTrue(self.compare(self.CMAKE.replace("room_name", "name"), self.BUILD))

    def test_other_files_or_kind(self):
        self.assertEqual(len(self.compare(self.CMAKE.replace("SRCS a.cc", "SRCS a.cc b.cc"), self.BUILD)), 1)
        self.assertEqual(len(self.compare(self.CMAKE, self.BUILD.replace("cc_library", "cc_binary"))), 1)

    def test_globs(self):
        build = 'cc_test(\n    name = "t",\n    srcs = glob(["*_test.cc"], exclude = ["x*"]),\n)\n'
        targets = check_targets.bazel_targets("test/house", build)
        self.assertEqual(targets["//test/house:t"], ("test", {"dependencies_test.cc"}))

    def test_a_module_is_a_shared_binary(self):
        cmake = "# //room:name\nadd_library(room_name MODULE a.cc)\n"
        build = 'cc_binary(\n    name = "name",\n    srcs = ["a.cc"],\n    linkshared = True,\n)\n'
        self.assertEqual(self.compare(cmake, build), [])

    def test_a_name_may_repeat_its_room(self):
        self.assertEqual(check_targets.cmake_name("//facts:facts"), "facts")
        self.assertEqual(check_targets.cmake_name("//test/house:a_test"), "test_house_a_test")


class BuildFiles(unittest.TestCase):
    def problems(self, text):
        return check_build_files.file_problems("room/BUILD", text)

    def test_order(self):
        self.assertEqual(self.problems('x(\n    deps = [":a", "//b:c", "@d//:e"],\n)\n'), [])
        self.assertEqual(len(self.problems('x(\n    deps = ["//b:c", ":a"],\n)\n')), 1)
        self.assertEqual(len(self.problems('x(\n    srcs = ["b.cc", "a.cc"],\n)\n')), 1)

    def test_white_space(self):
        self.assertEqual(len(self.problems('x(\n  name = "a",\n)\n')), 1)
        self.assertEqual(len(self.problems('x(name = "a") \n')), 1)


class Docs(unittest.TestCase):
    HELP = {"": "Subcommands:\n  show  prints\n\nchestnut cc ...  compiles\n", "show": "  --format TEXT  how\n",
            "cc": "  --chestnut-libc=NAME\n"}

    def problems(self, command):
        return check_docs.command_problems(command, lambda sub: self.HELP.get(sub, ""))

    def test_commands_that_exist(self):
        self.assertEqual(self.problems("chestnut show --format names prog"), [])
        self.assertEqual(self.problems("build/bin/chestnut cc --chestnut-libc=musl -O2 a.c -o a"), [])
        self.assertEqual(self.problems("CC='chestnut cc' ./configure"), [])

    def test_commands_that_do_not(self):
        self.assertEqual(len(self.problems("chestnut peel x")), 1)
        self.assertEqual(len(self.problems("chestnut show --colour x")), 1)
        self.assertEqual(len(self.problems("chestnut cc --chestnut-libk=musl a.c")), 1)
        self.assertEqual(len(self.problems("tools/nothing --all")), 1)

    def test_links(self):
        self.assertEqual(check_docs.link_problems("docs/a.md", "[x](no-such-file.md)"),
                         ["docs/a.md: no-such-file.md does not exist"])
        self.assertEqual(check_docs.link_problems("README.md", "[x](LICENSE) [y](https://example.com)"), [])


if __name__ == "__main__":
    unittest.main()
