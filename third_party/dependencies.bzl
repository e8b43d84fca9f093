"""Everything Chestnut builds on, as repositories; all of it is in Debian 12."""

load("//third_party:llvm.bzl", "llvm_repository")
load("//third_party:pkg_config.bzl", "pkg_config")
load("//third_party:system_library.bzl", "system_library")

_ABSL = [
    "algorithm_container",
    "any_invocable",
    "base",
    "bits",
    "btree",
    "cleanup",
    "core_headers",
    "fixed_array",
    "flat_hash_map",
    "flat_hash_set",
    "function_ref",
    "hash",
    "inlined_vector",
    "int128",
    "memory",
    "node_hash_map",
    "node_hash_set",
    "optional",
    "span",
    "status",
    "statusor",
    "str_format",
    "strings",
    "synchronization",
    "time",
    "type_traits",
    "utility",
    "variant",
]

def chestnut_dependencies():
    """Declares @absl, @googletest, @benchmark, @flatbuffers, @libseccomp, @nettle, @nlohmann_json, @cli11, @zydis, @zlib, @llvm."""
    pkg_config(name = "absl", modules = {name: "absl_" + name for name in _ABSL})
    pkg_config(name = "libseccomp", modules = {"seccomp": "libseccomp"})
    pkg_config(name = "nettle", modules = {"nettle": "nettle"})
    system_library(
        name = "googletest",
        header = "gmock/gmock.h",
        linkopts = {
            "gtest": "-lgmock -lgtest -pthread",
            "gtest_main": "-lgtest_main -lgmock -lgtest -pthread",
        },
    )
    system_library(
        name = "benchmark",
        header = "benchmark/benchmark.h",
        linkopts = {
            "benchmark": "-lbenchmark -pthread",
            "benchmark_main": "-lbenchmark_main -lbenchmark -pthread",
        },
    )

    # Readers, verifiers and builders are all in the headers.
    system_library(
        name = "flatbuffers",
        header = "flatbuffers/flatbuffers.h",
        linkopts = {"flatbuffers": ""},
    )
    system_library(
        name = "nlohmann_json",
        header = "nlohmann/json.hpp",
        linkopts = {"json": ""},
    )
    system_library(
        name = "zydis",
        header = "Zydis/Zydis.h",
        linkopts = {"zydis": "-lZydis"},
    )
    pkg_config(name = "zlib", modules = {"zlib": "zlib"})
    system_library(
        name = "cli11",
        header = "CLI/CLI.hpp",
        linkopts = {"cli11": ""},
    )
    llvm_repository(name = "llvm", prefix = "/usr/lib/llvm-19")
