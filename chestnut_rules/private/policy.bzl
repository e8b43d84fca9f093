"""Policies as targets: made, kept in the repository, tested, rewritten."""

load(":facts.bzl", "chestnut_facts_aspect")
load(":link.bzl", "POLICY_ATTRS", "link_of", "make_policy", "make_report", "mode_of")
load(":providers.bzl", "ChestnutKeptPolicyInfo", "ChestnutPolicyInfo", "ChestnutToolsInfo")

def _chestnut_policy_impl(ctx):
    target = ctx.attr.target
    if ChestnutPolicyInfo in target:
        if ctx.attr.mode or ctx.attr.overlay:
            fail(("%s: %s is sandboxed by itself; its own mode and overlay decide, " +
                  "so leave them out here") % (ctx.label, target.label))
        info = target[ChestnutPolicyInfo]
        return [
            DefaultInfo(files = depset([info.policy])),
            info,
            OutputGroupInfo(
                chestnut_facts = info.facts,
                chestnut_policy = depset([info.policy]),
                chestnut_report = depset([make_report(ctx, info.policy)]),
            ),
        ]
    policy = ctx.actions.declare_file(ctx.label.name + ".policy.json")
    facts = make_policy(ctx, target, link_of(ctx, target).executable.path, policy)
    return [
        DefaultInfo(files = depset([policy])),
        ChestnutPolicyInfo(policy = policy, facts = facts, mode = mode_of(ctx)),
        OutputGroupInfo(
            chestnut_facts = facts,
            chestnut_policy = depset([policy]),
            chestnut_report = depset([make_report(ctx, policy)]),
        ),
    ]

chestnut_policy = rule(
    doc = """The policy of a program that may know nothing of Chestnut: what `chestnut run`
can put it under. The program itself is not linked.""",
    implementation = _chestnut_policy_impl,
    attrs = dict(
        POLICY_ATTRS,
        target = attr.label(
            doc = "A cc_binary, a cc_test or a chestnut_cc_binary.",
            aspects = [chestnut_facts_aspect],
            mandatory = True,
        ),
    ),
)

_KEPT_ATTRS = {
    "kept": attr.string(
        doc = "The policy in the repository, a path within the package.",
        mandatory = True,
    ),
    "policy": attr.label(
        doc = "A chestnut_cc_binary or a chestnut_policy.",
        mandatory = True,
        providers = [ChestnutPolicyInfo],
    ),
    "_tools": attr.label(default = "//chestnut_rules:tools"),
}

def _kept_path(ctx):
    kept = ctx.attr.kept
    if kept.startswith("/") or ".." in kept.split("/") or not kept.endswith(".json"):
        fail("%s: kept: '%s' is not a .json file within the package" % (ctx.label, kept))
    return (ctx.label.package + "/" if ctx.label.package else "") + kept

def _label_text(label):
    """The label as people write it; Bazel 7 puts the main repository in front."""
    text = str(label)
    return text[text.index("//"):] if text.startswith(("@//", "@@//")) else text

def _kept_info(ctx):
    return ChestnutKeptPolicyInfo(
        kept = _kept_path(ctx),
        policy = ctx.attr.policy[ChestnutPolicyInfo].policy,
        target = _label_text(ctx.attr.policy.label),
    )

def _script(ctx, name, lines):
    script = ctx.actions.declare_file(name)
    ctx.actions.write(script, "\n".join(["#!/bin/sh"] + lines) + "\n", is_executable = True)
    return script

def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _policy_test_impl(ctx):
    info = _kept_info(ctx)
    tools = ctx.attr._tools[ChestnutToolsInfo]
    advice = "bazel run " + ctx.attr.update

    # The kept policy may well have the path that today's has in the runfiles, and
    # would be compared with itself.
    today = ctx.actions.declare_file(ctx.label.name + ".today/policy.json")
    ctx.actions.symlink(output = today, target_file = info.policy)
    if ctx.file.kept_file == None:
        lines = [
            "echo %s >&2" % _quoted("chestnut: %s is not there yet; make it with: %s" % (info.kept, advice)),
            "exit 1",
        ]
    else:
        lines = [
            "%s diff --any-change %s %s && exit 0" % tuple([
                _quoted(path if path.startswith("/") else "./" + path)
                for path in (tools.chestnut.short_path, ctx.file.kept_file.short_path, today.short_path)
            ]),
            "echo >&2",
            "echo %s >&2" % _quoted("chestnut: %s is not today's policy of %s" % (info.kept, info.target)),
            "echo %s >&2" % _quoted("chestnut: if the changes above are meant: " + advice),
            "exit 1",
        ]
    return [
        DefaultInfo(
            executable = _script(ctx, ctx.label.name, lines),
            runfiles = ctx.runfiles(
                files = [today] + ctx.files.kept_file,
                transitive_files = tools.files,
            ),
        ),
        info,
    ]

_policy_test = rule(
    implementation = _policy_test_impl,
    attrs = dict(
        _KEPT_ATTRS,
        kept_file = attr.label(allow_single_file = True),
        update = attr.string(),
    ),
    test = True,
)

def _update_lines(tools, list, arguments):
    return [
        # Where `bazel run` was called from, or nothing is rewritten.
        'if [ -z "$BUILD_WORKSPACE_DIRECTORY" ]; then',
        "  echo 'chestnut: kept policies are rewritten by bazel run' >&2",
        "  exit 2",
        "fi",
        'exec %s update --root "$BUILD_WORKSPACE_DIRECTORY" %s %s "$@"' % (
            _quoted("./" + tools.chestnut.short_path),
            arguments,
            _quoted("./" + list.short_path),
        ),
    ]

def _line(info):
    return "\t".join([info.target, info.kept, info.policy.short_path])

def _updater(ctx, infos, arguments):
    """The providers of a target that rewrites kept policies."""
    tools = ctx.attr._tools[ChestnutToolsInfo]
    list = ctx.actions.declare_file(ctx.label.name + ".list")
    ctx.actions.write(list, "".join([_line(info) + "\n" for info in infos]))
    return [DefaultInfo(
        executable = _script(ctx, ctx.label.name, _update_lines(tools, list, arguments)),
        runfiles = ctx.runfiles(
            files = [list] + [info.policy for info in infos],
            transitive_files = tools.files,
        ),
    )]

def _chestnut_policy_update_impl(ctx):
    info = _kept_info(ctx)
    return _updater(ctx, [info], "--exit-zero") + [info]

chestnut_policy_update = rule(
    doc = "Rewrites a policy that the repository keeps, by `bazel run`.",
    implementation = _chestnut_policy_update_impl,
    attrs = _KEPT_ATTRS,
    executable = True,
)

def chestnut_policy_test(name, policy, kept, tags = [], **kwargs):
    """Holds a policy that the repository keeps against today's.

    It fails where they differ in what they allow, with the way to each new call
    and the command that updates the file: `bazel run :NAME.update`, a target that
    this macro makes, too.

    Args:
      name: the test.
      policy: a `chestnut_cc_binary` or a `chestnut_policy`.
      kept: the policy in the repository, a path within the package; it need not be
        there yet.
      tags: as of any test.
      **kwargs: what any test takes (`size`, `timeout`, `visibility`, ...).
    """
    update = name + ".update"
    kept_file = native.glob([kept], allow_empty = True)
    _policy_test(
        name = name,
        policy = policy,
        kept = kept,
        kept_file = kept_file[0] if kept_file else None,
        update = "//%s:%s" % (native.package_name(), update),
        tags = tags,
        **kwargs
    )
    chestnut_policy_update(
        name = update,
        policy = policy,
        kept = kept,
        tags = tags + ["manual"],
        testonly = True,
        visibility = kwargs.get("visibility"),
    )

def _chestnut_regenerate_impl(ctx):
    infos = [target[ChestnutKeptPolicyInfo] for target in ctx.attr.policies]
    owners = {}
    for info in infos:
        if info.kept in owners and owners[info.kept] != info.target:
            fail("%s: %s and %s both keep their policy in %s" % (ctx.label, owners[info.kept], info.target, info.kept))
        owners[info.kept] = info.target
    return _updater(ctx, infos, "")

chestnut_regenerate = rule(
    doc = """Rewrites every policy of a list that changed, by `bazel run`, with a summary of
what was added and removed, and why. The exit status is 1 if one of them does not
allow what it allowed, so that a person looks at it.""",
    implementation = _chestnut_regenerate_impl,
    attrs = {
        "policies": attr.label_list(
            doc = "The chestnut_policy_test and chestnut_policy_update targets of the repository.",
            mandatory = True,
            allow_empty = False,
            providers = [ChestnutKeptPolicyInfo],
        ),
        "_tools": attr.label(default = "//chestnut_rules:tools"),
    },
    executable = True,
)
