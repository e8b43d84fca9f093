#!/usr/bin/env python3
"""The CMake package as a stranger uses it: Chestnut installed to a folder of its
own, a project that finds it there, built by different generators and compilers,
and docs/cmake.md, followed.

check_cmake.py BUILD [CASE...]

Without cases all but those of APART.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guides"))
import guide  # noqa: E402

CASES = [  # generator, C compiler, C++ compiler
    ("Ninja", "clang-19", "clang++-19"),
    ("Unix Makefiles", "gcc", "g++"),
    ("Ninja", "chestnut-cc", "chestnut-c++"),
]
FETCH = """include(FetchContent)
FetchContent_Declare(Chestnut URL nothing-is-fetched)
FetchContent_MakeAvailable(Chestnut)
"""
STANDS_IN = """cmake_minimum_required(VERSION 3.25)
project(Chestnut LANGUAGES NONE)
if(NOT PROJECT_IS_TOP_LEVEL)
  include({root}/chestnut_rules/cmake/ChestnutSubproject.cmake)
  return()
endif()
enable_language(CXX)
if(CMAKE_CXX_FLAGS OR NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  message(FATAL_ERROR "what is the project's gets into Chestnut")
endif()
add_custom_target(programs)
foreach(folder bin lib libexec share)
  add_custom_command(TARGET programs COMMAND rm -rf ${{folder}} && ln -s {build}/${{folder}} ${{folder}})
endforeach()
"""
# What a user may get wrong, and what the message must say.
MISTAKES = [
    ("add_library(t STATIC ${CMAKE_SOURCE_DIR}/plain.c)\nchestnut_sandbox_target(t)", "a sandbox is for a whole program"),
    ("chestnut_sandbox_target(nothing)", "there is no such target"),
    ("chestnut_sandbox_target(tool)\nchestnut_sandbox_target(tool)", "it is sandboxed already"),
    ("chestnut_sandbox_target(tool MODE off)", "'off' is none of kill, errno, errno=N, trap, log, notify"),
    ("chestnut_sandbox_target(tool MOD trap)", "'MOD;trap' is not an argument of it"),
    ("chestnut_add_policy_test(tool POLICY a.json)", "give it to chestnut_sandbox_target first"),
    ("set(Chestnut_PROGRAMS /nowhere)\nset(CMAKE_CXX_COMPILER_ID Intel)\nchestnut_sandbox_target(tool)",
     "Chestnut works with clang 19 and with gcc; the CXX compiler is Intel"),
]


# Tests of their own.
APART = ["ccache", "subproject", "subproject_steps", "subproject_built"]


class Failed(Exception):
    """What was expected and what came."""


def expect(condition, *words):
    if not condition:
        raise Failed(" ".join(str(word) for word in words))


def run(*command, status=0, **options):
    """Output and errors together, the status asserted."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, timeout=7000, **options)
    expect(status is None or done.returncode == status, command, "ended with", done.returncode,
           "and not", status, "\n" + done.stdout)
    return done.stdout


def objects_built(output):
    """The sources that a build compiled, by the lines of both generators."""
    return sorted(os.path.basename(name)[:-len(".o")]
                  for name in re.findall(r"Building CX?X? object (\S+)", output))


class Case:
    """A build of the project.

    fetched: it has Chestnut's sources in its own build, by FetchContent.
    """

    def __init__(self, folder, prefix, generator, c_compiler, cxx_compiler, *definitions, fetched=False):
        self.source, self.build = folder / "source", folder / "build"
        shutil.copytree(HERE / "project", self.source)
        if fetched:
            file = self.source / "CMakeLists.txt"
            file.write_text(file.read_text().replace("find_package(Chestnut REQUIRED)", FETCH))
        self.chestnut = prefix / "bin" / "chestnut"
        by_name = {name: prefix / "bin" / name for name in ("chestnut-cc", "chestnut-c++")}
        run("cmake", "-S", self.source, "-B", self.build, "-G", generator, f"-DCMAKE_PREFIX_PATH={prefix}",
            f"-DCMAKE_C_COMPILER={by_name.get(c_compiler, c_compiler)}",
            f"-DCMAKE_CXX_COMPILER={by_name.get(cxx_compiler, cxx_compiler)}", *definitions)
        self.whole_project = c_compiler == "chestnut-cc"

    def make(self, *targets, status=0):
        extra = ["--target", *targets] if targets else []
        return run("cmake", "--build", self.build, *extra, status=status)

    def names(self, program):
        return run(self.chestnut, "show", "--format", "names", self.build / program).split()

    def object_of(self, source):
        """The object of a source of the library."""
        (found,) = self.build.rglob(f"{source}.o")
        return found

    def sandboxed(self):
        """Programs run as meant, under the policy that they were given."""
        thermometer = self.build / "thermometer"
        thermometer.write_text("15\n")
        expect(run(self.build / "weather", thermometer) == "15\n", "wrong weather")
        expect(run(self.build / "weather", thermometer, "f") == "59\n", "wrong weather in Fahrenheit")
        expect(run(self.build / "late", thermometer) == "15\n", "wrong output of late")
        names = self.names("weather")
        for name in ("openat", "read", "setuid"):
            expect(name in names, f"{name} is missing in the policy of weather")
        for name in ("execve", "socket", "ptrace"):
            expect(name not in names, f"{name} is in the policy of weather")
        expect("setuid" not in self.names("late"), "late does not link the library that calls setuid")
        policy = json.loads((self.build / "weather.json").read_text())
        expect((policy["mode"], policy["errno"]) == ("errno", 13), "mode", policy["mode"], policy.get("errno"))
        expect("has no supervisor" in run(self.build / "watched", thermometer, status=125), "watched runs alone")
        expect(run(self.chestnut, "run", "--log", "--", self.build / "watched", thermometer) == "15\n",
               "watched does not run under a supervisor")
        if not self.whole_project:
            expect("carries no policy" in run(self.chestnut, "show", self.build / "plain", status=2),
                   "plain is sandboxed")

    def incremental(self):
        """Nothing is redone without need, and what is needed is."""
        expect(not re.search("Building|Linking", self.make()), "a build without changes did something")
        before = self.object_of("units.c").read_bytes()
        with open(self.source / "lib/units.c", "a", encoding="ascii") as file:
            file.write("// A comment.\n")
        again = self.make()
        expect(objects_built(again) == ["units.c"], "a comment in units.c built", objects_built(again))
        linked = re.findall(r"Linking CX?X? executable (\S+)", again)
        expect(linked == ["weather"], "a comment in units.c linked", linked)
        expect(self.object_of("units.c").read_bytes() == before, "a comment in units.c changed its object or facts")

    def kept_policy(self):
        """The test fails without a kept policy and with an old one, and says what to do."""
        def test(status):
            return run("ctest", "--test-dir", self.build, "-R", "^late_policy$", "--output-on-failure", status=status)
        expect("late_policy_update" in test(8), "no word of the update target")
        kept = self.build / "kept"
        kept.mkdir()
        self.make("late_policy_update")
        test(0)
        source = self.source / "lib/reading.c"
        source.write_text(source.read_text().replace("close(file);", "close(file); sync();"))
        self.make()
        words = test(8)
        expect(re.search(r"\bsync\b", words) and "late_policy_update" in words, "the difference is not told:", words)
        self.make("late_policy_update")
        test(0)


def check_case(folder, prefix, case):
    built = Case(folder, prefix, *case)
    built.make()
    built.sandboxed()
    built.incremental()
    built.kept_policy()


def check_subproject(folder, build, *definitions, sources=HERE.parents[1]):
    """Chestnut's sources are part of the project's, and none of its targets are."""
    # gcc, and flags that Chestnut itself does not compile with.
    built = Case(folder, build, "Ninja", "gcc", "g++", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DCMAKE_CXX_FLAGS=-O1 -DWIN32",
                 f"-DCMAKE_INSTALL_PREFIX={folder}/installed", f"-DFETCHCONTENT_SOURCE_DIR_CHESTNUT={sources}",
                 *definitions, fetched=True)
    built.make()
    built.sandboxed()
    built.incremental()
    built.kept_policy()
    commands = json.loads((built.build / "compile_commands.json").read_text())
    expect(all(pathlib.Path(command["file"]).is_relative_to(built.source) for command in commands),
           "the project compiles what is Chestnut's")
    tests = re.findall(r"Test +#\d+: (\S+)", run("ctest", "--test-dir", built.build, "-N"))
    expect(tests == ["late_policy"], "tests of the project:", tests)
    run("cmake", "--install", built.build)
    expect(not (folder / "installed").exists(), "the project installs what is Chestnut's")
    return built


def check_subproject_built(folder, sources=HERE.parents[1]):
    """Chestnut is built before the first sandboxed target is compiled."""
    programs = folder / "build/_deps/chestnut-build/build"
    check_subproject(folder, programs, sources=sources)
    expect((programs / "bin/chestnut-inspect").exists(), "not all programs are there")


def check_subproject_steps(folder, build):
    """The same with sources that are quickly built: they link to programs that are there."""
    sources = folder / "sources"
    sources.mkdir(parents=True)
    shutil.copy(HERE.parents[1] / "CMakePresets.json", sources)
    (sources / "CMakeLists.txt").write_text(STANDS_IN.format(root=HERE.parents[1], build=build))
    flags = dict(os.environ)
    os.environ["CXXFLAGS"] = "-DPROJECTS_OWN"
    try:
        check_subproject_built(folder, sources)
    finally:
        os.environ.clear()
        os.environ.update(flags)


def check_ccache(folder, prefix):
    """Objects with facts come from ccache, and not those of another Chestnut."""
    if not shutil.which("ccache"):
        print("ccache is not installed")
        return
    # A Chestnut that can be another one.
    own = folder / "installed"
    shutil.copytree(prefix, own, symlinks=True)
    launchers = [f"-DCMAKE_{language}_COMPILER_LAUNCHER=ccache" for language in ("C", "CXX")]
    parts = {"clang-19": "lib/chestnut-frontend-plugin.so", "gcc": "bin/chestnut-frontend"}
    for compilers in (("clang-19", "clang++-19"), ("gcc", "g++")):
        built = Case(folder / compilers[0], own, "Ninja", *compilers, *launchers)
        built.make()
        built.sandboxed()
        objects = {path: path.read_bytes() for path in built.build.rglob("*.o")}
        with_facts = {path.name for path, content in objects.items() if b".chestnut.facts" in content}
        expect(with_facts == {"main.cc.o", "plain.c.o", "reading.c.o", "report.cc.o", "units.c.o"}, "facts in", with_facts)

        def compiled(built=built):
            """How many objects of a new build do not come from the cache."""
            run("ccache", "--zero-stats")
            built.make("clean")
            built.make()
            statistics = dict(line.split("\t") for line in run("ccache", "--print-stats").splitlines())
            hits = int(statistics["direct_cache_hit"]) + int(statistics["preprocessed_cache_hit"])
            return len(objects) - hits
        expect(compiled() == 0, "not all objects come from the cache")
        expect(all(path.read_bytes() == content for path, content in objects.items()), "the cache gives other objects")
        built.sandboxed()
        with open(own / parts[compilers[0]], "ab") as file:
            file.write(b"\0")
        # Those of plain and sound have no facts.
        expect(compiled() == len(objects) - 2, "of another Chestnut objects come from the cache")


def check_mistakes(folder, prefix):
    """Each stops the configuration with a message that helps."""
    for number, (text, words) in enumerate(MISTAKES):
        source = folder / f"mistake{number}"
        shutil.copytree(HERE / "project", source)
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.21)\nproject(Mistake LANGUAGES C CXX)\n"
            "find_package(Chestnut REQUIRED)\nadd_executable(tool plain.c)\n" + text + "\n")
        output = run("cmake", "-S", source, "-B", source / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
                     status=1)
        expect(words in re.sub(r"\s+", " ", output), "of", text, "CMake says", output)


class CMakeGuide(guide.Guide):
    """With Chestnut where no CMake looks by itself."""

    def __init__(self, folder, prefix):
        super().__init__("cmake.md", folder, prefix / "bin")
        self.environment["CMAKE_PREFIX_PATH"] = str(prefix)


def check_guide(folder, prefix):
    folder.mkdir()
    CMakeGuide(folder, prefix).follow()


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    failures = 0
    with tempfile.TemporaryDirectory(prefix="chestnut-cmake-") as name:
        folder = pathlib.Path(name)
        prefix = folder / "installed"
        run("cmake", "--install", build, "--prefix", prefix)
        checks = {"-".join(case[:2]): lambda case=case: check_case(folder / case[1], prefix, case) for case in CASES}
        checks["mistakes"] = lambda: check_mistakes(folder, prefix)
        checks["guide"] = lambda: check_guide(folder / "guide", prefix)
        checks["ccache"] = lambda: check_ccache(folder / "ccache", prefix)
        os.environ["CCACHE_DIR"] = str(folder / "objects")
        checks["subproject"] = lambda: check_subproject(folder / "subproject", build, f"-DChestnut_PROGRAMS={build}/bin")
        checks["subproject_steps"] = lambda: check_subproject_steps(folder / "subproject_steps", build)
        checks["subproject_built"] = lambda: check_subproject_built(folder / "subproject_built")
        for check in sys.argv[2:] or [check for check in checks if check not in APART]:
            try:
                checks[check]()
                print(f"ok {check}", flush=True)
            except (Failed, guide.Wrong, OSError, subprocess.SubprocessError):
                failures += 1
                print(f"FAILED {check}\n{traceback.format_exc()}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
