"""The aspect that reads each translation unit for its facts."""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")
load(":providers.bzl", "ChestnutFactsInfo", "ChestnutToolsInfo")

# What a program can be linked from hangs on these.
_EDGES = [
    "actual",
    "deps",
    "dynamic_deps",
    "implementation_deps",
    "interface_deps",
    "link_extra_lib",
    "malloc",
    "roots",
    "srcs",
]

# Of srcs, what the linker reads and no compiler.
_LINKED = ["a", "dll", "dylib", "lib", "lo", "o", "so"]

# Wherever a build runs, the same: part of what is cached.
ACTION_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "PWD": "/proc/self/cwd",
}

def _attribute_targets(ctx, names):
    targets = []
    for name in names:
        value = getattr(ctx.rule.attr, name, None)
        values = value if type(value) == "list" else [value]
        targets += [v for v in values if type(v) == "Target"]
    return targets

def _unseen(ctx):
    """What the target compiles and no action shows."""
    return [
        ("%s: srcs: '%s' is a directory. Chestnut analyses each source file with its own command, " +
         "and what a directory holds is not known in time; list the files") % (ctx.label, file.short_path)
        for file in getattr(ctx.rule.files, "srcs", [])
        if file.is_directory
    ]

def _headers(target, ctx):
    """depset of everything that a unit of the target may include."""
    targets = [target] + _attribute_targets(ctx, ["deps", "implementation_deps", "interface_deps"])
    sources = [
        file
        for name in ("srcs", "hdrs", "textual_hdrs")
        for file in getattr(ctx.rule.files, name, [])
        if file.extension not in _LINKED
    ]
    return depset(
        sources,
        transitive = [t[CcInfo].compilation_context.headers for t in targets if CcInfo in t],
    )

def _object(action):
    for output in action.outputs.to_list():
        if output.extension == "o":
            return output
    return None

def _read_unit(ctx, tools, action, object, headers):
    facts = ctx.actions.declare_file(object.basename + ".facts", sibling = object)
    unused = ctx.actions.declare_file(object.basename + ".facts.unused", sibling = object)
    outputs = ctx.actions.args()
    outputs.add("-o", facts)
    outputs.add("--unused", unused)
    outputs.add("--empty-for-assembly")

    # A header that this unit does not include is none of its business.
    known = ctx.actions.args()
    known.set_param_file_format("multiline")
    known.use_param_file("--inputs=%s", use_always = True)
    known.add_all(headers)
    ctx.actions.run(
        executable = tools.frontend,
        arguments = [outputs, known, "--"] + action.args,
        inputs = depset(transitive = [action.inputs, headers]),
        tools = tools.files,
        outputs = [facts, unused],
        unused_inputs_list = unused,
        env = ACTION_ENVIRONMENT,
        mnemonic = "ChestnutFacts",
        progress_message = "Reading facts of %s" % object.short_path,
    )
    return facts

def _archives_by_object(actions):
    archives = {}
    for action in actions:
        if action.mnemonic not in ("CppArchive", "CppLink"):
            continue
        outputs = [o for o in action.outputs.to_list() if o.extension in ("a", "lo")]
        if outputs:
            for file in action.inputs.to_list():
                archives.setdefault(file.path, []).extend(outputs)
    return archives

def _link(target, ctx):
    executable = target[DefaultInfo].files_to_run.executable
    if executable == None or getattr(ctx.rule.attr, "linkshared", False):
        return None
    for action in target.actions:
        if action.mnemonic == "CppLink" and executable in action.outputs.to_list():
            return struct(args = action.args, inputs = action.inputs, executable = executable)
    return None

def _facts_aspect_impl(target, ctx):
    below = [t[ChestnutFactsInfo] for t in _attribute_targets(ctx, _EDGES) if ChestnutFactsInfo in t]
    units = []
    compiles = [a for a in target.actions if a.mnemonic == "CppCompile" and _object(a) != None]
    if compiles:
        tools = ctx.attr._tools[ChestnutToolsInfo]
        headers = _headers(target, ctx)
        archives = _archives_by_object(target.actions)
        for action in compiles:
            object = _object(action)
            units.append(struct(
                object = object,
                facts = _read_unit(ctx, tools, action, object, headers),
                archives = tuple(archives.get(object.path, [])),
            ))
    all_units = depset(units, transitive = [info.units for info in below])
    groups = []
    if OutputGroupInfo not in target or not hasattr(target[OutputGroupInfo], "chestnut_facts"):
        groups.append(OutputGroupInfo(chestnut_facts = depset([u.facts for u in units])))
    return groups + [
        ChestnutFactsInfo(
            link = _link(target, ctx),
            units = all_units,
            unseen = depset(
                _unseen(ctx) if CcInfo in target or compiles else [],
                transitive = [info.unseen for info in below],
            ),
        ),
    ]

chestnut_facts_aspect = aspect(
    doc = """Reads every translation unit of a target and of what it links with, one
cached action a unit, with exactly the unit's compile command. The output group
`chestnut_facts` holds the facts of the target's own units.""",
    implementation = _facts_aspect_impl,
    attr_aspects = _EDGES,
    attrs = {
        "_tools": attr.label(default = "//chestnut_rules:tools"),
    },
    provides = [ChestnutFactsInfo],
)
