"""chestnut_cc_binary."""

load("@rules_cc//cc:cc_binary.bzl", "cc_binary")
load(":facts.bzl", "chestnut_facts_aspect")
load(":link.bzl", "POLICY_ATTRS", "link_sandboxed", "make_policy", "make_report", "mode_of")
load(":providers.bzl", "ChestnutPolicyInfo")

# Of cc_binary's attributes, those that say how a target may be used and run, not
# how it is built. Both targets of the macro have them.
_COMMON = [
    "compatible_with",
    "deprecation",
    "exec_compatible_with",
    "exec_properties",
    "features",
    "restricted_to",
    "target_compatible_with",
    "testonly",
]

def _symlinks(entries):
    return {entry.path: entry.target_file for entry in entries.to_list()}

def _runfiles(ctx, plain):
    """The runfiles of the plain program, without that program."""
    runfiles = plain[DefaultInfo].default_runfiles
    unconfined = plain[DefaultInfo].files_to_run.executable
    return ctx.runfiles(
        files = [file for file in runfiles.files.to_list() if file != unconfined],
        symlinks = _symlinks(runfiles.symlinks),
        root_symlinks = _symlinks(runfiles.root_symlinks),
    )

def _chestnut_binary_impl(ctx):
    executable = ctx.actions.declare_file(ctx.label.name)
    policy = ctx.actions.declare_file(ctx.label.name + ".policy.json")
    facts = make_policy(ctx, ctx.attr.plain, executable.path, policy)
    link_sandboxed(ctx, ctx.attr.plain, policy, executable)
    return [
        DefaultInfo(
            executable = executable,
            files = depset([executable]),
            runfiles = _runfiles(ctx, ctx.attr.plain),
        ),
        ChestnutPolicyInfo(policy = policy, facts = facts, mode = mode_of(ctx)),
        OutputGroupInfo(
            chestnut_facts = facts,
            chestnut_policy = depset([policy]),
            chestnut_report = depset([make_report(ctx, policy)]),
        ),
    ]

_chestnut_binary = rule(
    doc = "The link of a cc_binary, made again with its sandbox.",
    implementation = _chestnut_binary_impl,
    attrs = dict(
        POLICY_ATTRS,
        data = attr.label_list(
            doc = "As of cc_binary; here so that `args` may name them.",
            allow_files = True,
        ),
        plain = attr.label(
            doc = "The program as cc_binary would link it. Its own output is never made.",
            aspects = [chestnut_facts_aspect],
            mandatory = True,
        ),
    ),
    executable = True,
)

def chestnut_cc_binary(name, mode = None, overlay = None, args = [], data = [], env = {}, tags = [], visibility = None, **kwargs):
    """A `cc_binary` that runs in its own sandbox.

    Every translation unit of the program and of all that it links with is
    analysed, and the filter that comes out goes on before `main`.

    Args:
      name: the program.
      mode: what a call outside the policy does: `kill`, `errno`, `errno=N`,
        `trap`, `log` or `notify`. Default: the build setting `//chestnut_rules:mode`.
      overlay: a file with decisions about places that no analysis knows
        (`chestnut.overlay.json`).
      args: as of `cc_binary`.
      data: as of `cc_binary`.
      env: refused: Bazel sets it for programs of its own rules only.
      tags: as of `cc_binary`.
      visibility: as of `cc_binary`.
      **kwargs: everything else that `cc_binary` takes.
    """
    if kwargs.get("linkshared") == True:
        fail("%s: linkshared makes a library, which has no main; the program that loads it is sandboxed" % name)
    if env:
        fail("%s: env is set for Bazel's own rules only; give args, or set it in a script that runs the program" % name)
    common = {key: value for key, value in kwargs.items() if key in _COMMON}

    # Nobody asks for this one: only its commands are used.
    cc_binary(
        name = name + ".plain",
        data = data,
        tags = tags + ["manual"],
        visibility = ["//visibility:private"],
        **kwargs
    )
    _chestnut_binary(
        name = name,
        plain = name + ".plain",
        args = args,
        data = data,
        mode = mode,
        overlay = overlay,
        tags = tags,
        visibility = visibility,
        **common
    )
