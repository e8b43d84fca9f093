#!/usr/bin/env python3
"""What a program can be linked from, and what must end a build.

Usage: kinds_test.py BUILD, the folder of a CMake build.
"""

import pathlib
import subprocess
import sys
import unittest

from workspace import Workspace

# Each makes one call that nothing else of the program makes, so that it shows
# whether it was seen.
KINDS = {
    # name: call
    "copts": "chroot",
    "local_defines": "sync",
    "selected": "acct",
    "generated": "sethostname",
    "alwayslink": "setdomainname",
    "imported": "umount2",
    "archive": "swapoff",
    "assembly": "vhangup",
    "external": "quotactl",
    "dynamic": "mlockall",
}

BUILD = """
load("@chestnut//chestnut_rules:defs.bzl", "chestnut_cc_binary", "chestnut_policy")
config_setting(name = "optimised", values = {"compilation_mode": "opt"})
cc_library(name = "copts", srcs = ["copts.c"], copts = ["-DCALL=chroot", "-include", "unistd.h"])
cc_library(name = "local_defines", srcs = ["local_defines.c"], local_defines = ["ASKED"])
cc_library(name = "selected", srcs = select({":optimised": ["optimised.c"], "//conditions:default": ["selected.c"]}))
genrule(name = "generate", outs = ["generated.c", "generated.h"],
        cmd = "echo '#include \\"generated.h\\"' > $(location generated.c); " +
              "echo '#include <unistd.h>' > $(location generated.h); " +
              "echo 'void generated(void) { sethostname(\\"\\", 0); }' >> $(location generated.c)")
cc_library(name = "generated", srcs = ["generated.c", "generated.h"])
cc_library(name = "alwayslink", srcs = ["alwayslink.c"], alwayslink = True)
cc_import(name = "imported", static_library = "libimported.a")
cc_library(name = "assembly", srcs = ["assembly.S"])
cc_library(name = "dynamic", srcs = ["dynamic.c"])
chestnut_cc_binary(
    name = "every",
    srcs = ["main.cc", "libarchive.a"],
    deps = [":copts", ":local_defines", ":selected", ":generated", ":alwayslink", ":imported", ":assembly",
            ":dynamic", "@outside//:external"],
    linkopts = ["-lm"],
    args = ["one", "'two words'"],
)
chestnut_cc_binary(
    name = "dynamically",
    srcs = ["main.cc", "libarchive.a"],
    deps = [":copts", ":local_defines", ":selected", ":generated", ":alwayslink", ":imported", ":assembly",
            ":dynamic", "@outside//:external"],
    linkstatic = False,
)
"""

FILES = {
    "copts.c": "void copts(void) { CALL(\"/\"); }\n",
    "local_defines.c": "#include <unistd.h>\nvoid local_defines(void) {\n#ifdef ASKED\n  sync();\n#endif\n}\n",
    "selected.c": "#include <unistd.h>\nvoid selected(void) { acct(\"\"); }\n",
    "optimised.c": "#include <unistd.h>\nvoid selected(void) { nice(1); }\n",
    "alwayslink.c": "#include <unistd.h>\n__attribute__((destructor)) static void At(void) { setdomainname(\"\", 0); }\n",
    "imported.c": "#include <sys/mount.h>\nvoid imported(void) { umount2(\"\", 0); }\n",
    "archive.c": "#include <sys/swap.h>\nvoid archive(void) { swapoff(\"\"); }\n",
    # Not even a libc function: the instruction itself.
    "assembly.S": ".globl assembly\n.type assembly,@function\nassembly:\n .cfi_startproc\n mov $153,%eax\n syscall\n ret\n"
                  " .cfi_endproc\n.size assembly,.-assembly\n.section .note.GNU-stack,\"\",@progbits\n",
    "dynamic.c": "#include <sys/mman.h>\nvoid dynamic(void) { mlockall(1); }\n",
    "outside/WORKSPACE": "workspace(name = \"outside\")\n",
    "outside/BUILD": "cc_library(name = \"external\", srcs = [\"external.c\"], visibility = [\"//visibility:public\"])\n",
    "outside/external.c": "#include <sys/quota.h>\nvoid external(void) { quotactl(0, \"\", 0, (void*)0); }\n",
    # alwayslink's is called by nobody, and needs no declaration.
    "main.cc": "#include <cmath>\n#include <cstdio>\nextern \"C\" {\n" +
               "".join(f"void {name}();\n" for name in KINDS if name != "alwayslink") +
               "}\nint main(int argc, char** argv) {\n  if (argc > 5) {\n" +
               "".join(f"    {name}();\n" for name in KINDS if name != "alwayslink") +
               "  }\n  std::printf(\"%d %s %.0f\\n\", argc, argc > 2 ? argv[2] : \"\", "
               "std::sqrt(argc * argc));\n  return 0;\n}\n",
}


class Kinds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = Workspace(sys.argv[1], "kinds")
        for path, text in FILES.items():
            cls.work.write(path, text)
        cls.work.write("BUILD", BUILD)
        cls.work.write("WORKSPACE", cls.work.read("WORKSPACE") +
                       "local_repository(name = \"outside\", path = \"outside\")\n")
        for name in ("imported", "archive"):
            subprocess.run(f"cc -c {name}.c && ar rc lib{name}.a {name}.o && rm {name}.o {name}.c",
                           shell=True, cwd=cls.work.folder, check=True)

    @classmethod
    def tearDownClass(cls):
        cls.work.close()

    def check_all(self, target, missing=(), flags=()):
        self.work.bazel("build", target, *flags)
        calls = self.work.calls(target.replace("//:", ""))
        for name, call in KINDS.items():
            if name in missing:
                self.assertNotIn(call, calls, name)
            else:
                self.assertIn(call, calls, name)
        return calls

    def test_every_kind_is_seen(self):
        self.check_all("//:every")
        # As cc_binary's.
        self.assertEqual("3 two words 3\n", self.work.bazel("run", "//:every").stdout)

    def test_optimised(self):
        calls = self.check_all("//:every", missing=("selected",), flags=("-c", "opt"))
        # nice() is getpriority and setpriority.
        self.assertIn("setpriority", calls)
        self.assertEqual(0, self.work.run("every").returncode)

    def test_with_libraries_of_the_build_tree(self):
        self.check_all("//:dynamically")
        self.assertEqual(0, self.work.run("dynamically").returncode)

    def test_with_gcc(self):
        gcc = ("--repo_env=CC=/usr/bin/gcc",)
        self.check_all("//:every", flags=gcc)
        self.assertEqual(0, self.work.run("every").returncode)
        self.check_all("//:dynamically", flags=gcc + ("-c", "opt"), missing=("selected",))

    def test_with_clang(self):
        clang = ("--repo_env=CC=/usr/bin/clang-19",)
        self.check_all("//:every", flags=clang)
        self.assertEqual(0, self.work.run("every").returncode)

    def refused(self, build, *words, target="//bad:bad", files=None, flags=()):
        self.work.write("bad/BUILD", "load(\"@chestnut//chestnut_rules:defs.bzl\", "
                        "\"chestnut_cc_binary\", \"chestnut_policy\")\n" + build)
        for path, text in (files or {}).items():
            self.work.write("bad/" + path, text)
        done = self.work.bazel("build", target, *flags, check=False)
        self.assertNotEqual(0, done.returncode)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse(pathlib.Path(self.work.folder / "bazel-bin/bad/bad").exists())

    def test_a_library_is_no_program(self):
        self.refused("chestnut_cc_binary(name = \"bad\", srcs = [\"a.c\"], linkshared = True)\n",
                     "linkshared makes a library", files={"a.c": "int a;\n"})

    def test_an_environment_would_be_forgotten(self):
        self.refused("chestnut_cc_binary(name = \"bad\", srcs = [\"a.c\"], env = {\"A\": \"b\"})\n",
                     "env is set for Bazel's own rules only", files={"a.c": "int main(void) { return 0; }\n"})

    def test_a_unit_that_only_gcc_understands(self):
        # A nested function.
        self.refused("chestnut_cc_binary(name = \"bad\", srcs = [\"nested.c\"])\n",
                     "bad/nested.c does not compile with clang",
                     files={"nested.c": "int main(void) { int f(void) { return 0; } return f(); }\n"},
                     flags=("--repo_env=CC=/usr/bin/gcc",))

    def test_what_cannot_be_known_is_decided(self):
        build = "chestnut_cc_binary(name = \"bad\", srcs = [\"unknown.c\"])\n"
        unknown = "#include <stdlib.h>\n#include <unistd.h>\nint main(int argc, char** argv) { return syscall(atoi(argv[1])) < 0; }\n"
        self.refused(build, "incomplete: bad/unknown.c:3", "'bad' is not linked", files={"unknown.c": unknown})
        self.work.write("bad/decisions.json", "{\"decisions\": [{\"place\": \"bad/unknown.c:3\", \"decision\": "
                        "{\"calls\": [\"getppid\"]}, \"reason\": \"it is called with that number\"}]}\n")
        self.work.edit("bad/BUILD", "[\"unknown.c\"]", "[\"unknown.c\"], overlay = \"decisions.json\"")
        self.work.bazel("build", "//bad")
        self.assertIn("getppid", self.work.calls("bad/bad"))
        self.assertEqual(0, self.work.run("bad/bad", "110").returncode)
        self.assertLess(self.work.run("bad/bad", "41").returncode, 0)

    def test_without_a_toolchain(self):
        text = self.work.read("WORKSPACE")
        try:
            self.work.edit("WORKSPACE", "toolchains = [\"@chestnut_tools//:toolchain\"]", "toolchains = []")
            done = self.work.bazel("build", "//:every", check=False)
            self.assertIn("no matching toolchains found for types @chestnut//chestnut_rules:toolchain_type", done.stderr)
        finally:
            self.work.write("WORKSPACE", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
