"""cc_import under the load path of today's rules_cc."""

def cc_import(**kwargs):
    native.cc_import(**kwargs)
