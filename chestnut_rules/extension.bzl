"""What a MODULE.bazel uses; Bazel 4.2.3 never loads it."""

load("//chestnut_rules/private:repositories.bzl", "chestnut_host")

def _impl(_ctx):
    chestnut_host(name = "chestnut_host")

system = module_extension(
    doc = "Declares @chestnut_host, what of the system an analysis reads.",
    implementation = _impl,
)
