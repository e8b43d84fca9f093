"""What the rules promise, as far as analysis shows it."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("@rules_cc//cc:cc_binary.bzl", "cc_binary")
load("@rules_cc//cc:cc_library.bzl", "cc_library")
load(
    "//chestnut_rules:defs.bzl",
    "ChestnutKeptPolicyInfo",
    "ChestnutPolicyInfo",
    "chestnut_cc_binary",
    "chestnut_policy",
    "chestnut_policy_update",
    "chestnut_regenerate",
)

def _names(files):
    return [file.basename for file in files]

def _action(env, mnemonic):
    found = [a for a in analysistest.target_actions(env) if a.mnemonic == mnemonic]
    asserts.equals(env, 1, len(found), "actions " + mnemonic)
    return found[0]

def _contains(env, list, entry):
    asserts.true(env, entry in list, "%r is not among %r" % (entry, list))

def _lacks(env, list, entry):
    asserts.false(env, entry in list, "%r is among %r" % (entry, list))

# Each unit of the program and of all that it links is an input, with its facts.
def _every_unit_impl(ctx):
    env = analysistest.begin(ctx)
    inputs = _names(_action(env, "ChestnutPolicy").inputs.to_list())
    for unit in ("main", "near", "far", "forced", "generated"):
        objects = [n for n in inputs if n in (unit + ".o", unit + ".pic.o")]
        facts = [n for n in inputs if n in (unit + ".o.facts", unit + ".pic.o.facts")]
        asserts.equals(env, 1, len(objects), "objects of " + unit)
        asserts.equals(env, [n + ".facts" for n in objects], facts)
    _contains(env, inputs, "system.txt")
    _contains(env, inputs, "decisions.json")
    return analysistest.end(env)

every_unit_test = analysistest.make(_every_unit_impl)

# Optimised or not, a unit is read once: for the object that is linked.
every_unit_optimised_test = analysistest.make(
    _every_unit_impl,
    config_settings = {"//command_line_option:compilation_mode": "opt"},
)

# The program that is linked without its sandbox is in nobody's way.
def _no_plain_program_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    asserts.equals(env, ["program"], _names(target[DefaultInfo].files.to_list()))
    asserts.equals(env, "program", target[DefaultInfo].files_to_run.executable.basename)
    runfiles = _names(target[DefaultInfo].default_runfiles.files.to_list())
    _lacks(env, runfiles, "program.plain")
    _contains(env, runfiles, "decisions.json")
    link = _names(_action(env, "ChestnutLink").inputs.to_list())
    _contains(env, link, "program.policy.json")
    _lacks(env, link, "program.plain")
    return analysistest.end(env)

no_plain_program_test = analysistest.make(_no_plain_program_impl)

def _providers_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    info = target[ChestnutPolicyInfo]
    asserts.equals(env, "program.policy.json", info.policy.basename)
    asserts.equals(env, "trap", info.mode)
    asserts.equals(env, 5, len(info.facts.to_list()))
    asserts.equals(env, [info.policy], target[OutputGroupInfo].chestnut_policy.to_list())
    asserts.equals(env, info.facts.to_list(), target[OutputGroupInfo].chestnut_facts.to_list())
    return analysistest.end(env)

providers_test = analysistest.make(_providers_impl)

# What a program does not say, the build setting does.
def _mode_of_build_setting_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, "errno=38", analysistest.target_under_test(env)[ChestnutPolicyInfo].mode)
    _contains(env, _action(env, "ChestnutPolicy").argv, "errno=38")
    return analysistest.end(env)

mode_of_build_setting_test = analysistest.make(
    _mode_of_build_setting_impl,
    config_settings = {"//chestnut_rules:mode": "errno=38"},
)

# A program that a supervisor watches.
def _watched_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, "notify", analysistest.target_under_test(env)[ChestnutPolicyInfo].mode)
    _contains(env, _action(env, "ChestnutPolicy").argv, "notify")
    return analysistest.end(env)

watched_test = analysistest.make(_watched_impl)
watched_by_build_setting_test = analysistest.make(
    _watched_impl,
    config_settings = {"//chestnut_rules:mode": "notify"},
)

def _kept_impl(ctx):
    env = analysistest.begin(ctx)
    info = analysistest.target_under_test(env)[ChestnutKeptPolicyInfo]
    asserts.equals(env, "chestnut_rules/tests/kept.json", info.kept)
    asserts.equals(env, "//chestnut_rules/tests:program", info.target)
    return analysistest.end(env)

kept_test = analysistest.make(_kept_impl)

def _failure_impl(ctx):
    env = analysistest.begin(ctx)
    for words in ctx.attr.words:
        asserts.expect_failure(env, words)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_impl,
    expect_failure = True,
    attrs = {"words": attr.string_list()},
)
_bad_setting_test = analysistest.make(
    _failure_impl,
    expect_failure = True,
    attrs = {"words": attr.string_list()},
    config_settings = {"//chestnut_rules:mode": "killl"},
)

def _directory_impl(ctx):
    folder = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run_shell(outputs = [folder], command = "touch %s/a.c" % folder.path)
    return [DefaultInfo(files = depset([folder]))]

_directory = rule(implementation = _directory_impl)

def _failures():
    """Returns the tests of what is refused, with what is said."""
    manual = ["manual"]
    tests = []

    refused = []
    _directory(name = "folder", tags = manual)
    cc_library(name = "of_folder", srcs = [":folder"], tags = manual)
    cc_binary(name = "with_folder", srcs = ["main.c"], tags = manual, deps = [":of_folder"])
    chestnut_policy(name = "folder_policy", tags = manual, target = ":with_folder")
    refused.append(("folder_policy", ["//chestnut_rules/tests:of_folder: srcs: ", "is a directory", "list the files"]))

    cc_binary(name = "shared.so", srcs = ["near.c"], linkshared = True, tags = manual)
    chestnut_policy(name = "shared_policy", tags = manual, target = ":shared.so")
    refused.append(("shared_policy", ["links no program", "not linkshared"]))

    cc_library(name = "library", srcs = ["near.c"], tags = manual)
    chestnut_policy(name = "library_policy", tags = manual, target = ":library")
    refused.append(("library_policy", [":library links no program"]))

    for mode in ("enforce", "errno=0", "errno=4096", "errno=x", "Kill"):
        name = "mode_" + mode.replace("=", "_")
        chestnut_cc_binary(name = name, srcs = ["main.c"], mode = mode, tags = manual)
        refused.append((name, ["mode '%s' is not one of kill, errno, errno=N" % mode]))

    chestnut_policy(name = "twice", mode = "log", tags = manual, target = ":program")
    refused.append(("twice", [":program is sandboxed by itself", "leave them out"]))

    for name, kept in (("absolute", "/tmp/x.json"), ("outside", "../x.json"), ("no_json", "x.txt")):
        chestnut_policy_update(name = "kept_" + name, kept = kept, policy = ":program", tags = manual)
        refused.append(("kept_" + name, ["'%s' is not a .json file within the package" % kept]))

    for name in ("one", "other"):
        chestnut_cc_binary(name = name, srcs = ["main.c"], tags = manual)
        chestnut_policy_update(name = name + "_kept", kept = "same.json", policy = ":" + name, tags = manual)
    chestnut_regenerate(name = "clash", policies = [":one_kept", ":other_kept"], tags = manual)
    refused.append(("clash", ["both keep their policy in chestnut_rules/tests/same.json"]))

    for name, words in refused:
        test = name + "_test"
        _failure_test(name = test, target_under_test = ":" + name, words = words)
        tests.append(test)
    chestnut_cc_binary(name = "of_bad_setting", srcs = ["main.c"], tags = manual)
    _bad_setting_test(
        name = "bad_setting_test",
        target_under_test = ":of_bad_setting",
        words = ["//chestnut_rules:mode: mode 'killl' is not one of"],
    )
    return tests + ["bad_setting_test"]

def analysis_tests(name):
    """All tests of this file.

    Args:
      name: the suite of them.
    """
    manual = ["manual"]
    cc_library(name = "far", srcs = ["far.c"], tags = manual)
    cc_library(name = "near", srcs = ["near.c"], tags = manual, deps = [":far"])
    cc_library(name = "forced", srcs = ["forced.c"], alwayslink = True, tags = manual)
    native.genrule(name = "generate", outs = ["generated.c"], cmd = "echo > $@", tags = manual)
    chestnut_cc_binary(
        name = "program",
        srcs = ["main.c", "generated.c"],
        data = ["decisions.json"],
        linkstatic = True,
        mode = "trap",
        overlay = "decisions.json",
        tags = manual,
        deps = [":forced", ":near"],
    )
    chestnut_cc_binary(name = "without_mode", srcs = ["main.c"], tags = manual)
    chestnut_cc_binary(name = "watched", srcs = ["main.c"], mode = "notify", tags = manual)
    chestnut_policy_update(name = "kept", kept = "kept.json", policy = ":program", tags = manual)

    every_unit_test(name = "every_unit_test", target_under_test = ":program")
    every_unit_optimised_test(name = "every_unit_optimised_test", target_under_test = ":program")
    no_plain_program_test(name = "no_plain_program_test", target_under_test = ":program")
    providers_test(name = "providers_test", target_under_test = ":program")
    mode_of_build_setting_test(name = "mode_of_build_setting_test", target_under_test = ":without_mode")
    kept_test(name = "kept_test", target_under_test = ":kept")
    watched_test(name = "watched_test", target_under_test = ":watched")
    watched_by_build_setting_test(name = "watched_by_build_setting_test", target_under_test = ":without_mode")
    native.test_suite(
        name = name,
        tests = _failures() + [
            "every_unit_optimised_test",
            "every_unit_test",
            "kept_test",
            "mode_of_build_setting_test",
            "no_plain_program_test",
            "providers_test",
            "watched_by_build_setting_test",
            "watched_test",
        ],
    )
