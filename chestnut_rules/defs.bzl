"""Chestnut's rules: programs that run in their own sandbox, and their policies.

docs/bazel.md is the guide. This is the only file to load from.
"""

load("//chestnut_rules/private:binary.bzl", _chestnut_cc_binary = "chestnut_cc_binary")
load("//chestnut_rules/private:facts.bzl", _chestnut_facts_aspect = "chestnut_facts_aspect")
load(
    "//chestnut_rules/private:policy.bzl",
    _chestnut_policy = "chestnut_policy",
    _chestnut_policy_test = "chestnut_policy_test",
    _chestnut_policy_update = "chestnut_policy_update",
    _chestnut_regenerate = "chestnut_regenerate",
)
load(
    "//chestnut_rules/private:providers.bzl",
    _ChestnutFactsInfo = "ChestnutFactsInfo",
    _ChestnutKeptPolicyInfo = "ChestnutKeptPolicyInfo",
    _ChestnutPolicyInfo = "ChestnutPolicyInfo",
    _ChestnutToolsInfo = "ChestnutToolsInfo",
)
load(
    "//chestnut_rules/private:repositories.bzl",
    _chestnut_prebuilt = "chestnut_prebuilt",
    _chestnut_repositories = "chestnut_repositories",
)
load("//chestnut_rules/private:tools.bzl", _chestnut_toolchain = "chestnut_toolchain")

chestnut_cc_binary = _chestnut_cc_binary
chestnut_facts_aspect = _chestnut_facts_aspect
chestnut_policy = _chestnut_policy
chestnut_policy_test = _chestnut_policy_test
chestnut_policy_update = _chestnut_policy_update
chestnut_prebuilt = _chestnut_prebuilt
chestnut_regenerate = _chestnut_regenerate
chestnut_repositories = _chestnut_repositories
chestnut_toolchain = _chestnut_toolchain
ChestnutFactsInfo = _ChestnutFactsInfo
ChestnutKeptPolicyInfo = _ChestnutKeptPolicyInfo
ChestnutPolicyInfo = _ChestnutPolicyInfo
ChestnutToolsInfo = _ChestnutToolsInfo
