"""LLVM and Clang as Debian installs them, in a folder of their own."""

def _llvm_impl(ctx):
    prefix = ctx.path(ctx.attr.prefix)
    if not prefix.get_child("include").exists:
        fail("no headers in %s; run tools/install_dependencies" % prefix)
    ctx.symlink(prefix.get_child("include"), "include")
    ctx.template("BUILD", ctx.attr._build_file, {"%{prefix}": ctx.attr.prefix})

llvm_repository = repository_rule(
    doc = "Targets :llvm and :clang, the two shared libraries.",
    implementation = _llvm_impl,
    attrs = {
        "prefix": attr.string(mandatory = True),
        "_build_file": attr.label(default = "//third_party:llvm.BUILD"),
    },
    local = True,
)
