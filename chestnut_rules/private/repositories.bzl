"""What a workspace declares to use the rules."""

# The libraries of the loader's cache, by the part of each that holds its headers
# and build id, and the files that say what is loaded.
_DESCRIBE = """
set -eu
for file in /etc/ld.so.cache /etc/ld.so.preload /etc/nsswitch.conf /etc/gai.conf; do
  if [ -e "$file" ]; then sha256sum "$file"; else echo "none  $file"; fi
done
/sbin/ldconfig -p | sed -n 's/.* => //p' | LC_ALL=C sort -u | while read -r file; do
  [ -e "$file" ] || continue
  printf '%s  %s  %s\\n' "$(head -c 8192 "$file" | sha256sum | cut -c -64)" "$(stat -L -c %s "$file")" "$file"
done
"""

def _host_impl(ctx):
    result = ctx.execute(["/bin/sh", "-c", _DESCRIBE])
    if result.return_code != 0:
        fail("cannot describe the system's libraries: " + result.stderr)
    ctx.file("system.txt", result.stdout, executable = False)
    ctx.file("BUILD", 'exports_files(["system.txt"])\n', executable = False)

chestnut_host = repository_rule(
    doc = """What of the system an analysis reads, by digest: libraries are part of every
program's policy. It is looked at when a Bazel server starts, and by
`bazel sync --configure`.""",
    implementation = _host_impl,
    configure = True,
    local = True,
)

_PREBUILT = """load("%{rules}:defs.bzl", "chestnut_toolchain")

chestnut_toolchain(
    name = "tools",
    files = glob(
        [
            "bin/chestnut*",
            "lib/chestnut*",
            "libexec/chestnut/*",
            "share/chestnut/**",
        ],
        exclude = ["bin/*_test"],
    ),
    visibility = ["//visibility:public"],
)

toolchain(
    name = "toolchain",
    toolchain = ":tools",
    toolchain_type = "%{rules}:toolchain_type",
    exec_compatible_with = [
        "%{cpu}",
        "%{os}",
    ],
)
"""

def _from_anywhere(label):
    """The label as any repository writes it, whatever it calls the others."""
    text = str(label)
    return "@chestnut" + text if text.startswith("//") else text

def _prebuilt_impl(ctx):
    for folder in ("bin", "lib", "libexec", "share"):
        path = ctx.path(ctx.attr.path + "/" + folder)
        if not path.exists:
            fail("no folder '%s'; path names an installed Chestnut, or the folder of a CMake build" % path)
        ctx.symlink(path, folder)
    rules = _from_anywhere(Label("//chestnut_rules:defs.bzl"))
    build = _PREBUILT.replace("%{rules}", rules[:-len(":defs.bzl")])
    build = build.replace("%{cpu}", _from_anywhere(Label("@platforms//cpu:x86_64")))
    build = build.replace("%{os}", _from_anywhere(Label("@platforms//os:linux")))
    ctx.file("BUILD", build, executable = False)

chestnut_prebuilt = repository_rule(
    doc = """A Chestnut that is already built, as `@NAME//:toolchain` for
`register_toolchains` and as `@NAME//:tools` for the build setting `tools`.""",
    implementation = _prebuilt_impl,
    attrs = {
        "path": attr.string(
            doc = "The folder that it is installed in.",
            mandatory = True,
        ),
    },
    local = True,
)

def chestnut_repositories(toolchains = ["@chestnut//chestnut_rules:built_toolchain"]):
    """Declares what the rules need in a WORKSPACE.

    Args:
      toolchains: toolchains of Chestnut's programs to register; default: they are
        built from source.
    """
    chestnut_host(name = "chestnut_host")
    native.register_toolchains(*toolchains)
