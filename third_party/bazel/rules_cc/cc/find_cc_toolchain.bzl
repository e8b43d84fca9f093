"""Toolchain lookup under the load path of today's rules_cc.

Rules that call it declare both CC_TOOLCHAIN_ATTRS and use_cc_toolchain():
4.2.3 reads the first unless toolchain resolution is switched on.
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

CC_TOOLCHAIN_TYPE = "@bazel_tools//tools/cpp:toolchain_type"

CC_TOOLCHAIN_ATTRS = {
    "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
}

def find_cc_toolchain(ctx):
    """Returns the C++ toolchain of the rule that ctx belongs to."""
    return find_cpp_toolchain(ctx)

def use_cc_toolchain(mandatory = True):
    """Returns the value for a rule's `toolchains` argument."""
    return [CC_TOOLCHAIN_TYPE]
