#!/usr/bin/env python3
"""Checks the Debian packages that cpack makes of a build tree.

Usage: check_packages.py BUILD [--clean-system]

Made twice, they are the same bytes. Unpacked anywhere, the compiler in them
makes a sandboxed program; manual pages and completions are right for their
readers. With --clean-system they are installed by apt in a new root folder of
Debian 12, and used there. Exit status 77 where no such folder can be made.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HELLO = '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n'
SUITE = "bookworm"
SKIPPED = 77


class Failed(Exception):
    """Something is not as it should be."""


def run(*command, status=0, **options):
    """What the command prints; it must end with that status."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False, **options)
    if done.returncode != status:
        raise Failed(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(condition, *words):
    """Raises Failed with these words unless the condition holds."""
    if not condition:
        raise Failed(" ".join(map(str, words)))


def make(build, folder):
    """Makes the packages; returns their paths by name."""
    run("cpack", "-B", folder, cwd=build)
    return {path.name.split("_")[0]: path for path in folder.glob("*.deb")}


def digests(packages):
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in packages.items()}


def check_unpacked(packages, folder):
    for path in packages.values():
        run("dpkg", "-x", path, folder / "root")
    usr = folder / "root/usr"
    (folder / "hello.c").write_text(HELLO)
    run(usr / "bin/chestnut-cc", "hello.c", "-o", "hello", cwd=folder)
    expect(run(folder / "hello") == "hello\n", "the sandboxed program does not say hello")
    expect("write" in run(usr / "bin/chestnut", "show", "--format", "names", folder / "hello").split(),
           "the program carries no policy")
    expect("write" in run(usr / "bin/chestnut-inspect", "show", folder / "hello"), "the sandboxed reader reads nothing")
    flags = run("pkg-config", "--cflags", "chestnut",
                env=dict(os.environ, PKG_CONFIG_PATH=str(usr / "share/pkgconfig")))
    include = pathlib.Path(re.search(r"-I(\S+)", flags).group(1))
    expect((include / "chestnut.h").exists(), "pkg-config leads to no chestnut.h:", flags)


def check_bill(folder):
    """SPDX 2.3: what its schema requires, and nothing that is not there."""
    bill = json.loads((folder / "root/usr/share/doc/chestnut/chestnut.spdx.json").read_text())
    for field in ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages"):
        expect(bill.get(field), "the bill of materials has no", field)
    expect(bill["spdxVersion"] == "SPDX-2.3" and bill["dataLicense"] == "CC0-1.0", bill["spdxVersion"])
    expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bill["creationInfo"]["created"]), bill["creationInfo"])
    known = {"SPDXRef-DOCUMENT"}
    for package in bill["packages"]:
        expect(package["name"] and package["downloadLocation"], package)
        expect(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", package["SPDXID"]), package)
        known.add(package["SPDXID"])
    expect(len(known) == len(bill["packages"]) + 1, "one identifier twice")
    for relation in bill["relationships"]:
        expect({relation["spdxElementId"], relation["relatedSpdxElement"]} <= known, relation)
    # What the package depends on is in it.
    names = {package["name"] for package in bill["packages"]}
    expect({"chestnut", "clang-19", "libc6", "libstdc++6"} <= names, names)


def check_manual(folder):
    pages = sorted((folder / "root/usr/share/man/man1").glob("*.1"))
    expect(len(pages) > 10, "only", len(pages), "manual pages")
    for page in pages:
        done = subprocess.run(["man", "--warnings=w", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page], check=False,
                              capture_output=True, text=True, env=dict(os.environ, MANWIDTH="80"))
        expect(done.returncode == 0 and not done.stderr, page.name, done.stderr)


def check_completion(folder):
    share = folder / "root/usr/share"
    script = share / "bash-completion/completions/chestnut"
    for typed, wanted in (("ana", "analyze"), ("analyze --mod", "--module\n--mode"), ("analyze --mode k", "kill"),
                          ("show hel", "hello")):
        words = ["chestnut"] + typed.split(" ")
        answer = run("bash", "-c", f'source {script}; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; '
                     '_chestnut; printf "%s\\n" "${COMPREPLY[@]}"', cwd=folder)
        expect(set(wanted.split()) <= set(answer.split()), typed, "is completed to", answer)
    for shell, path in (("zsh", "zsh/vendor-completions/_chestnut"), ("fish", "fish/vendor_completions.d/chestnut.fish")):
        run(shell, "-n", share / path)


def check_clean_system(packages, folder):
    """Installs them where nothing of ours was ever built."""
    root = folder / "system"
    # Where this machine's packages come from.
    mirrors = re.findall(r"^Debian (\S+)$", run("apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)",
                                               "Created-By: Packages"), re.M)
    made = subprocess.run(["debootstrap", "--variant=minbase", SUITE, root] + mirrors[:1], check=False,
                          capture_output=True, text=True)
    if made.returncode != 0:
        print(f"no root folder of Debian {SUITE} can be made: {made.stdout[-300:]}{made.stderr[-300:]}")
        return SKIPPED
    for path in packages.values():
        shutil.copy(path, root / "tmp")
    (root / "tmp/hello.c").write_text(HELLO)
    names = " ".join(f"/tmp/{path.name}" for path in packages.values())
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}

    def inside(command):
        return run("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
                   'mount -t proc proc "$1/proc" && exec chroot "$1" sh -c "$2"', "sh", root, command, env=environment)
    inside(f"apt-get install -y --no-install-recommends {names}")
    expect("hello\n" in inside("cd /tmp && chestnut-cc hello.c -o hello && ./hello"), "no hello from the new system")
    expect("write" in inside("chestnut show --format names /tmp/hello").split(), "no policy on the new system")
    expect("write is allowed" in inside("chestnut explain /tmp/hello write"), "no reason on the new system")
    return 0


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="chestnut-packages-") as name:
        folder = pathlib.Path(name)
        packages = make(build, folder / "one")
        expect(sorted(packages) == ["chestnut", "libchestnut-dev"], "the packages are", packages)
        if "--clean-system" in sys.argv:
            return check_clean_system(packages, folder)
        expect(digests(packages) == digests(make(build, folder / "two")), "made twice, the packages differ")
        check_unpacked(packages, folder)
        check_manual(folder)
        check_bill(folder)
        check_completion(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
