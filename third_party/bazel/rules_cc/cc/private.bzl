"""The builtins under names that their public files can bind again.

A file that assigns cc_common cannot read the builtin of that name.
"""

builtin_cc_common = cc_common
builtin_cc_info = CcInfo
