"""C++ code from FlatBuffers schemas."""

load("@rules_cc//cc:cc_library.bzl", "cc_library")

def flatbuffer_cc_library(name, src, **kwargs):
    """Makes <schema>_generated.h, included by its path from the root.

    The flags are those of facts/CMakeLists.txt.

    Args:
      name: the cc_library.
      src: one schema, *.fbs.
      **kwargs: passed to cc_library.
    """
    generated = src[:-len(".fbs")] + "_generated.h"
    native.genrule(
        name = name + "_generate",
        srcs = [src],
        outs = [generated],
        cmd = "/usr/bin/flatc --cpp --gen-object-api --scoped-enums -o $(RULEDIR) $<",
    )
    cc_library(
        name = name,
        hdrs = [generated],
        deps = ["@flatbuffers//:flatbuffers"],
        **kwargs
    )
