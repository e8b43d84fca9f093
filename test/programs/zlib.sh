#!/bin/bash
# zlib by its own configure and make, under its sandbox: its own `make test`, then
# minigzip over real files.
# shellcheck source=test/programs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_program() {
  quietly env CC="$1" CFLAGS="${CHESTNUT_CFLAGS:--O2}" ./configure --static
  quietly make "$jobs" all
  # The project's own test: example and minigzip, in their sandboxes where the
  # compiler is Chestnut's.
  quietly make test
  grep -q 'zlib test OK' "$work/log" || fail "zlib's own make test (output: $work/log)"
}

real_work() {
  local source=$source_tree level
  example example.gz >example.out
  for level in 1 6 9; do
    cat "$source"/*.c | minigzip "-$level" >"c.$level.gz"
    gzip -dc "c.$level.gz" | cksum >"c.$level.out"
    minigzip -d <"c.$level.gz" | cksum | cmp - "c.$level.out"
  done
  cat "$source"/*.h | minigzip -h >huffman.gz
  cat "$source"/*.h | minigzip -r >rle.gz
  cp "$source/ChangeLog" "$source/zlib.3" .
  minigzip ChangeLog zlib.3
  minigzip -d ChangeLog.gz
  cmp ChangeLog "$source/ChangeLog"
  gzip -c <"$source/ChangeLog" | minigzip -d | cmp - ChangeLog
  head -c 100 c.9.gz | minigzip -d >truncated.out 2>truncated.err || echo "status $?" >>truncated.err
  minigzip missing >missing.out 2>&1 || echo "status $?" >>missing.out
}

test_program zlib example minigzip
