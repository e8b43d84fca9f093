"""Where Chestnut's own programs come from."""

load(":providers.bzl", "ChestnutModeInfo", "ChestnutToolsInfo")

# With its repository: a toolchain type by name is looked for in the main one.
TOOLCHAIN_TYPE = "@chestnut//chestnut_rules:toolchain_type"

def _program(ctx, files, name):
    for file in files:
        if file.path.endswith("/bin/" + name):
            return file
    fail("%s: no bin/%s among the files; name the files of an installed Chestnut (bin, lib, libexec, share)" % (ctx.label, name))

def _chestnut_toolchain_impl(ctx):
    info = ChestnutToolsInfo(
        chestnut = _program(ctx, ctx.files.files, "chestnut"),
        frontend = _program(ctx, ctx.files.files, "chestnut-frontend"),
        files = depset(ctx.files.files),
    )
    return [info, platform_common.ToolchainInfo(chestnut = info)]

chestnut_toolchain = rule(
    doc = """Chestnut's programs, for use in a `toolchain` target of type
`@chestnut//chestnut_rules:toolchain_type`, or as the value of the build setting
`@chestnut//chestnut_rules:tools`.""",
    implementation = _chestnut_toolchain_impl,
    attrs = {
        "files": attr.label_list(
            doc = "All files of an installed Chestnut: its folders bin, lib, libexec and share.",
            allow_files = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
)

def _current_tools_impl(ctx):
    return [ctx.toolchains[TOOLCHAIN_TYPE].chestnut]

current_chestnut_tools = rule(
    doc = "The programs of the toolchain that was resolved.",
    implementation = _current_tools_impl,
    toolchains = [TOOLCHAIN_TYPE],
)

def _tool_tree_impl(ctx):
    outputs = []
    for target, paths in ctx.attr.files.items():
        for source in target.files.to_list():
            first = None
            for path in paths.split(" "):
                output = ctx.actions.declare_file("%s/%s%s" % (ctx.label.name, path, source.basename if path.endswith("/") else ""))
                outputs.append(output)
                if first:
                    ctx.actions.symlink(output = output, target_file = first)
                    continue
                first = output

                # A link would lead the programs away from their companions.
                ctx.actions.run(
                    executable = "/bin/cp",
                    arguments = ["--dereference", source.path, output.path],
                    inputs = [source],
                    outputs = [output],
                    mnemonic = "ChestnutCopy",
                )
    return [DefaultInfo(files = depset(outputs))]

chestnut_tool_tree = rule(
    doc = "Lays files out as an installation does: the programs look for each other.",
    implementation = _tool_tree_impl,
    attrs = {
        "files": attr.label_keyed_string_dict(
            doc = "Where each file goes, and further names of it; a path that ends with a slash is a folder.",
            allow_files = True,
            cfg = "exec",
        ),
    },
)

def check_mode(where, mode):
    """Fails unless mode is one that Chestnut knows.

    Args:
      where: what to name in the error.
      mode: kill, errno, errno=N, trap, log or notify.

    Returns:
      The mode.
    """
    number = mode[len("errno="):] if mode.startswith("errno=") else ""
    if mode in ("kill", "errno", "trap", "log", "notify") or (number.isdigit() and 1 <= int(number) and int(number) <= 4095):
        return mode
    fail("%s: mode '%s' is not one of kill, errno, errno=N with N from 1 to 4095, trap, log, notify" % (where, mode))

def _mode_impl(ctx):
    return [ChestnutModeInfo(mode = check_mode(ctx.label, ctx.build_setting_value))]

chestnut_mode = rule(
    doc = "The build setting for the mode of programs that do not say their own.",
    implementation = _mode_impl,
    build_setting = config.string(flag = True),
)
