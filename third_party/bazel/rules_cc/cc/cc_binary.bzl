"""cc_binary under the load path of today's rules_cc."""

def cc_binary(**kwargs):
    native.cc_binary(**kwargs)
