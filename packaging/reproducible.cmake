# Read by cpack before it packs: the same tree gives the same bytes.
# dpkg-shlibdeps leaves out what another dependency implies, and which it looks
# at first depends on the order of Perl's hashes.
set(ENV{PERL_HASH_SEED} 0)
# Files carry no time of their making: 2026-01-01, unless the builder says when.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  set(ENV{SOURCE_DATE_EPOCH} 1767225600)
endif()
