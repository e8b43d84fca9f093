"""Repositories of libraries that the system describes with pkg-config."""

def _flags(ctx, module, *arguments):
    command = [ctx.path("/usr/bin/pkg-config")] + list(arguments) + [module]
    result = ctx.execute(command)
    if result.return_code != 0:
        fail("pkg-config knows no %s (%s); run tools/install_dependencies" % (module, result.stderr.strip()))
    return [flag for flag in result.stdout.strip().split(" ") if flag]

def _pkg_config_impl(ctx):
    lines = ['load("@rules_cc//cc:cc_library.bzl", "cc_library")', ""]
    for target, module in ctx.attr.modules.items():
        # Headers lie in the compiler's own search path, so only defines and
        # libraries are left to say.
        defines = [f[2:] for f in _flags(ctx, module, "--cflags") if f.startswith("-D") and f != "-DNOMINMAX"]
        lines += [
            "cc_library(",
            "    name = %r," % target,
            "    defines = %r," % defines,
            "    linkopts = %r," % _flags(ctx, module, "--libs"),
            '    visibility = ["//visibility:public"],',
            ")",
            "",
        ]
    ctx.file("BUILD", "\n".join(lines))

pkg_config = repository_rule(
    doc = "One cc_library for each entry of modules (target name to pkg-config module).",
    implementation = _pkg_config_impl,
    attrs = {"modules": attr.string_dict(mandatory = True)},
    environ = ["PKG_CONFIG_PATH"],
    local = True,
)
