"""The module extension behind MODULE.bazel; Bazel 4.2.3 never loads it."""

load("//third_party:dependencies.bzl", "chestnut_dependencies")

def _impl(_ctx):
    chestnut_dependencies()

system_dependencies = module_extension(implementation = _impl)
