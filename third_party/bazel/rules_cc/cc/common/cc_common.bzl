"""cc_common under the load path of today's rules_cc."""

load("//cc:private.bzl", "builtin_cc_common")

cc_common = builtin_cc_common
