"""cc_test under the load path of today's rules_cc."""

def cc_test(**kwargs):
    native.cc_test(**kwargs)
