"""Repositories of system libraries that pkg-config does not describe well."""

def _system_library_impl(ctx):
    header = ctx.path("/usr/include/" + ctx.attr.header)
    if not header.exists:
        fail("no %s; run tools/install_dependencies" % header)
    lines = ['load("@rules_cc//cc:cc_library.bzl", "cc_library")', ""]
    for target, linkopts in ctx.attr.linkopts.items():
        # Headers lie in the compiler's own search path: only the libraries are
        # left to say.
        lines += [
            "cc_library(",
            "    name = %r," % target,
            "    linkopts = %r," % [flag for flag in linkopts.split(" ") if flag],
            '    visibility = ["//visibility:public"],',
            ")",
            "",
        ]
    ctx.file("BUILD", "\n".join(lines))

system_library = repository_rule(
    doc = "One cc_library for each entry of linkopts (target name to linker flags).",
    implementation = _system_library_impl,
    attrs = {
        "header": attr.string(mandatory = True, doc = "A header that must exist under /usr/include."),
        "linkopts": attr.string_dict(mandatory = True),
    },
    local = True,
)
