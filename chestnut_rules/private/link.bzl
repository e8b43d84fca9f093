"""The two steps of a sandboxed link: the policy, then the program."""

load(":facts.bzl", "ACTION_ENVIRONMENT")
load(":providers.bzl", "ChestnutFactsInfo", "ChestnutModeInfo", "ChestnutToolsInfo")
load(":tools.bzl", "check_mode")

# Attributes of every rule that makes a policy.
POLICY_ATTRS = {
    "mode": attr.string(
        doc = "What a call outside the policy does: kill, errno, errno=N, trap, log or notify. Default: the build setting `//chestnut_rules:mode`.",
    ),
    "overlay": attr.label(
        doc = "What was decided about places that no analysis knows (chestnut.overlay.json, docs/analyze.md).",
        allow_single_file = [".json"],
    ),
    "_host": attr.label(default = "@chestnut_host//:system.txt", allow_single_file = True),
    "_mode": attr.label(default = "//chestnut_rules:mode"),
    "_tools": attr.label(default = "//chestnut_rules:tools"),
}

def mode_of(ctx):
    """The mode that a rule with POLICY_ATTRS asks for."""
    if ctx.attr.mode:
        return check_mode("%s: mode" % ctx.label, ctx.attr.mode)
    return ctx.attr._mode[ChestnutModeInfo].mode

def link_of(ctx, target):
    """The link command of a program, or a failure that says what target is."""
    info = target[ChestnutFactsInfo] if ChestnutFactsInfo in target else None
    if info == None or info.link == None:
        fail("%s: %s links no program; name a cc_binary or cc_test that is not linkshared" % (ctx.label, target.label))
    unseen = info.unseen.to_list()
    if unseen:
        fail("\n".join(unseen))
    return info.link

def _linked_units(facts, link):
    """Those of the units that the link command names, by themselves or in an archive."""
    named = {file.path: True for file in link.inputs.to_list()}
    return [
        unit
        for unit in facts.units.to_list()
        if unit.object.path in named or [a for a in unit.archives if a.path in named]
    ]

def _object_and_facts(unit):
    return [unit.object.path, unit.facts.path]

def _shared_libraries(target):
    """What the program loads from the build tree."""
    return [
        file
        for file in target[DefaultInfo].default_runfiles.files.to_list()
        if ".so" in file.basename
    ]

def make_policy(ctx, target, executable, output):
    """Analyses the link of a program.

    Args:
      ctx: of a rule with POLICY_ATTRS.
      target: the program, with the aspect's facts.
      executable: path of the program that will be linked; its name is the policy's.
      output: the policy, a File that is declared here.

    Returns:
      depset of the facts files that were used.
    """
    tools = ctx.attr._tools[ChestnutToolsInfo]
    link = link_of(ctx, target)
    units = _linked_units(target[ChestnutFactsInfo], link)
    arguments = ctx.actions.args()
    arguments.add("link")
    arguments.add("-o", executable)
    arguments.add("--policy-only")
    arguments.add("--policy-out", output)
    arguments.add("--mode", mode_of(ctx))
    if ctx.file.overlay != None:
        arguments.add("--overlay", ctx.file.overlay)
    beside = ctx.actions.args()
    beside.set_param_file_format("multiline")
    beside.use_param_file("--unit-facts=%s", use_always = True)
    beside.add_all(units, map_each = _object_and_facts)
    facts = depset([unit.facts for unit in units])
    ctx.actions.run(
        executable = tools.chestnut,
        arguments = [arguments, beside, "--"] + link.args,
        inputs = depset(
            [unit.object for unit in units] + ctx.files.overlay + [ctx.file._host] + _shared_libraries(target),
            transitive = [facts, link.inputs],
        ),
        tools = tools.files,
        outputs = [output],
        env = ACTION_ENVIRONMENT,
        mnemonic = "ChestnutPolicy",
        progress_message = "Analysing %s" % ctx.label,
    )
    return facts

def make_report(ctx, policy):
    """Declares the page that shows a policy to people; made when asked for.

    Args:
      ctx: of a rule with POLICY_ATTRS.
      policy: File that make_policy wrote.

    Returns:
      The page, a File.
    """
    tools = ctx.attr._tools[ChestnutToolsInfo]
    report = ctx.actions.declare_file(ctx.label.name + ".report.html")
    arguments = ctx.actions.args()
    arguments.add("report")
    arguments.add(policy)
    arguments.add("-o", report)
    ctx.actions.run(
        executable = tools.chestnut,
        arguments = [arguments],
        inputs = [policy],
        tools = tools.files,
        outputs = [report],
        env = ACTION_ENVIRONMENT,
        mnemonic = "ChestnutReport",
        progress_message = "Reporting on %s" % ctx.label,
    )
    return report

def link_sandboxed(ctx, target, policy, output):
    """Links a program with its policy.

    Args:
      ctx: of a rule with POLICY_ATTRS.
      target: the program, with the aspect's facts.
      policy: File that make_policy wrote for it.
      output: the program, a File that is declared here.
    """
    tools = ctx.attr._tools[ChestnutToolsInfo]
    link = link_of(ctx, target)
    arguments = ctx.actions.args()
    arguments.add("link")
    arguments.add("-o", output)
    arguments.add("--policy", policy)
    ctx.actions.run(
        executable = tools.chestnut,
        arguments = [arguments, "--"] + link.args,
        inputs = depset([policy], transitive = [link.inputs]),
        tools = tools.files,
        outputs = [output],
        env = ACTION_ENVIRONMENT,
        mnemonic = "ChestnutLink",
        progress_message = "Linking %s with its sandbox" % ctx.label,
    )
