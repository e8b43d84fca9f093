"""The C++ rules under rules_cc's older single load path."""

load(":cc_binary.bzl", _cc_binary = "cc_binary")
load(":cc_import.bzl", _cc_import = "cc_import")
load(":cc_library.bzl", _cc_library = "cc_library")
load(":cc_test.bzl", _cc_test = "cc_test")

cc_binary = _cc_binary
cc_import = _cc_import
cc_library = _cc_library
cc_test = _cc_test
cc_proto_library = native.cc_proto_library
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
objc_library = native.objc_library
