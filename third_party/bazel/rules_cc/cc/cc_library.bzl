"""cc_library under the load path of today's rules_cc."""

def cc_library(**kwargs):
    native.cc_library(**kwargs)
