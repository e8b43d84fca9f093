"""A Bazel workspace in a folder of its own, for the tests of the rules."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

WORKSPACE = """workspace(name = "{name}")
local_repository(name = "chestnut", path = "{root}")
local_repository(name = "rules_cc", path = "{root}/third_party/bazel/rules_cc")
local_repository(name = "rules_java", path = "{root}/third_party/bazel/rules_java")
local_repository(name = "remote_coverage_tools", path = "{root}/third_party/bazel/remote_coverage_tools")
local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
load("@chestnut//chestnut_rules:defs.bzl", "chestnut_prebuilt", "chestnut_repositories")
chestnut_prebuilt(name = "chestnut_tools", path = "{build}")
chestnut_repositories(toolchains = ["@chestnut_tools//:toolchain"])
"""


class Workspace:
    """Files, and a Bazel server of its own that ends with close()."""

    def __init__(self, build, name="work"):
        self.build = pathlib.Path(build).resolve()
        self.parent = pathlib.Path(tempfile.mkdtemp(prefix="chestnut-bazel-"))
        self.folder = self.parent / name
        self.folder.mkdir()
        shutil.copy(ROOT / "e2e/smoke/.bazelrc", self.folder)
        self.write("WORKSPACE", WORKSPACE.format(name=name, root=ROOT, build=self.build))

    def close(self):
        self.bazel("shutdown", check=False)
        # Bazel takes the right to write from what it made.
        subprocess.run(["chmod", "-R", "u+w", self.parent], check=False)
        shutil.rmtree(self.parent)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def edit(self, path, old, new):
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old!r}"
        self.write(path, text.replace(old, new))

    def read(self, path):
        return (self.folder / path).read_text(encoding="utf-8")

    def bazel(self, command, *arguments, check=True, env=None):
        """Runs Bazel; returns the completed process, its streams as text."""
        # The command decides what comes before its own arguments.
        limits = [] if command in ("shutdown", "info", "query") else ["--jobs=2", "--color=no", "--curses=no"]
        done = subprocess.run(
            ["bazel", f"--output_user_root={self.parent}/bazel", "--max_idle_secs=300", command,
             *limits, *arguments],
            cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, **(env or {})})
        if check and done.returncode != 0:
            raise AssertionError(f"bazel {command} {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def actions(self, *targets):
        """Builds; returns what ran, as Bazel words it, sorted."""
        done = self.bazel("build", "--subcommands", *targets)
        return sorted(re.findall(r"^SUBCOMMAND: # \S+ \[action '(.*?)'", done.stderr, re.MULTILINE))

    def run(self, program, *arguments):
        """Runs a program of bazel-bin; exit status as of subprocess."""
        return subprocess.run([self.folder / "bazel-bin" / program, *arguments],
                              capture_output=True, text=True, check=False)

    def chestnut(self, *arguments):
        """Runs chestnut in the workspace."""
        return subprocess.run([self.build / "bin/chestnut", *arguments], cwd=self.folder,
                              capture_output=True, text=True, check=False)

    def calls(self, policy):
        """The names that a policy of bazel-bin or a program there allows."""
        done = self.chestnut("show", "--format", "names", f"bazel-bin/{policy}")
        assert done.returncode == 0, done.stderr
        return set(done.stdout.split())
