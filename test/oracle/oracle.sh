# shellcheck shell=bash disable=SC2154  # common.sh sets here, work, build ...
# Sourced by test/programs/common.sh when CHESTNUT_ORACLE is set: the same
# programs and the same work, in a separate build that reports its indirect
# calls; test/oracle/compare then holds them against the call graph.

oracle_here=$here/../oracle

# oracle_musl FOLDER: builds musl's libc.a once more, instrumented, unless it
# stands there from the same compiler.
oracle_musl() {
  local folder=$1 source stamp
  source=$("$here/fetch" musl)
  stamp="$chestnut_cc $(sha256sum "$oracle_here/oracle_cc") $(stat -c '%Y %s' "$build"/bin/* "$build"/lib/* 2>/dev/null)"
  [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ] && return
  rm -rf "$folder"
  mkdir -p "$folder/objects"
  (cd "$folder/objects" &&
    quietly "$source/configure" --disable-shared CC="$oracle_here/oracle_cc" CFLAGS= &&
    quietly make "$jobs" lib/libc.a)
  mv "$folder/objects/lib/libc.a" "$folder/"
  rm -rf "$folder/objects"
  echo "$stamp" >"$folder/stamp"
}

# oracle_program PACKAGE PROGRAM...
oracle_program() {
  local package=$1 program base
  shift
  mkdir -p "$work/reports"
  export ORACLE_CC=$chestnut_cc ORACLE_WORK=$work/reports
  export ORACLE_LIBRARIES=${CHESTNUT_ORACLE_MUSL:-$(dirname "$work")/musl}
  mkdir -p "$ORACLE_LIBRARIES"
  exec 8>"$ORACLE_LIBRARIES.lock"
  flock 8
  oracle_musl "$ORACLE_LIBRARIES"
  exec 8>&-
  build_kind oracle "$oracle_here/oracle_cc" "$package"
  link_bin bin.oracle "$work/oracle" "$@"
  # What configure's probes and the build's own tests reported is not of this run.
  rm -f "$work"/reports/*.pairs
  do_work result.oracle "$work/bin.oracle"
  for program; do
    base=$(basename "$program")
    "$oracle_here/compare" --binary "$work/oracle/$program" --pairs "$work/reports/$base.pairs" \
      --candidates "$work/reports/$base.json" >"$work/reports/$base.table" ||
      fail "$base: the call graph misses calls (table: $work/reports/$base.table)"
    echo "== $base"
    cat "$work/reports/$base.table"
  done
  echo "PASSED: $(basename "$0" .sh), every indirect call seen is a candidate of its site"
}
