"""CcInfo under the load path of today's rules_cc."""

load("//cc:private.bzl", "builtin_cc_info")

CcInfo = builtin_cc_info
