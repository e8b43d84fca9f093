# shellcheck shell=bash
# Sourced by the tests of real programs. A test defines
#
#   build_program CC   builds in the current folder, a fresh copy of the source,
#                      and leaves the programs named by PROGRAMS
#   real_work          runs the programs, found by PATH, on real input in the
#                      current folder and leaves there what it produced; nothing
#                      of it may depend on time or on where it runs
#
# and calls `test_program PACKAGE PROGRAM...`, PROGRAM relative to the build
# folder; `source_tree` is the source, not to be written to. Each program is built twice, plainly and by the drop-in compiler, does
# its work with both, and must leave the same files; then once more under strace,
# which must see no call outside the policy.
#
# Environment:
#   CHESTNUT_BUILD   build folder of Chestnut (default: build)
#   CHESTNUT_WORK    where to build and run (default: a folder of $TMPDIR)
#   CHESTNUT_CC      the drop-in compiler and its options
#   PLAIN_CC         the compiler of the build to compare with
#   CHESTNUT_ORACLE  set: compare real indirect calls with the call graph instead
#                    (test/oracle)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(realpath -m "${CHESTNUT_BUILD:-$here/../../build}")
work=${CHESTNUT_WORK:-${TMPDIR:-/tmp}/chestnut-programs-$(id -un)/$(basename "$0" .sh)}
chestnut_cc=${CHESTNUT_CC:-$build/bin/chestnut-cc --chestnut-libc=musl}
plain_cc=${PLAIN_CC:-$build/bin/chestnut-cc --chestnut-libc=musl --chestnut-unsandboxed}
chestnut=$build/bin/chestnut
# shellcheck disable=SC2034  # for the tests
jobs=-j$(nproc)

# Language, zone and the user's own settings must not reach the outputs.
export LC_ALL=C TZ=UTC HOME=/nonexistent
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)/.cache}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# Runs a command quietly; its output is shown only when it fails.
quietly() {
  local log="$work/log"
  "$@" >"$log" 2>&1 </dev/null || {
    tail -n 40 "$log" >&2
    fail "$* (whole output: $log)"
  }
}

# build_kind KIND CC PACKAGE: makes $work/KIND from a fresh copy of the source.
build_kind() {
  local kind=$1 cc=$2 package=$3
  rm -rf "${work:?}/$kind"
  # With their times, or make would remake what needs the maintainer's tools.
  cp -a "$(XDG_CACHE_HOME=$XDG_CACHE_HOME "$here/fetch" "$package")" "$work/$kind"
  (cd "$work/$kind" && build_program "$cc")
}

# The plain build does not depend on Chestnut: kept while script and compiler are
# the same.
build_plain() {
  local package=$1 stamp
  stamp="$plain_cc $(sha256sum <"$0")"
  if [ "$(cat "$work/plain.stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -f "$work/plain.stamp"
    build_kind plain "$plain_cc" "$package"
    echo "$stamp" >"$work/plain.stamp"
  fi
}

# do_work NAME BIN: real_work in the fresh folder $work/NAME.
do_work() {
  local status
  rm -rf "${work:?}/$1"
  mkdir "$work/$1"
  # `|| fail` here would switch off `set -e` in the work itself.
  set +e
  (set -e && cd "$work/$1" && PATH="$2:$PATH" && real_work) >"$work/$1.log" 2>&1
  status=$?
  set -e
  [ "$status" = 0 ] || {
    tail -n 40 "$work/$1.log" >&2
    fail "the work of $1, status $status (whole output: $work/$1.log)"
  }
}

same_results() {
  diff -r "$work/$1" "$work/$2" >"$work/diff" 2>&1 || {
    head -n 40 "$work/diff" >&2
    fail "$1 and $2 left different results (whole difference: $work/diff)"
  }
}

# link_bin NAME FOLDER PROGRAM...: $work/NAME holds the programs by base name.
link_bin() {
  local name=$1 folder=$2 program
  shift 2
  rm -rf "${work:?}/$name"
  mkdir "$work/$name"
  for program; do
    [ -x "$folder/$program" ] || fail "the build left no $program"
    ln -s "$folder/$program" "$work/$name/"
  done
}

# trace_bin NAME FOLDER PROGRAM...: the same, each run under strace; one trace
# a thread in $work/traces/PROGRAM.
trace_bin() {
  local name=$1 folder=$2 program base
  shift 2
  rm -rf "${work:?}/$name" "$work/traces"
  mkdir "$work/$name"
  for program; do
    base=$(basename "$program")
    mkdir -p "$work/traces/$base"
    # shellcheck disable=SC2016  # for the script to expand
    # The program's own name, as argv[0], stays what it is without strace.
    printf '#!/bin/sh\nPATH="%s:$PATH" exec strace -qq -ff -o "%s/trace.$$" -- %s "$@"\n' \
      "$(dirname "$folder/$program")" "$work/traces/$base" "$base" >"$work/$name/$base"
    chmod +x "$work/$name/$base"
  done
}

# Names of the calls made under the filter, from strace's files: those after the
# sandbox's own `seccomp` (and its canary, the very next call, of a number that
# no kernel has), and all of a thread or child that began under it.
calls_under_filter() {
  awk '
    FNR == 1 { on = !/^execve\(/; fresh = 0; began += !on }
    # strace marks a call that another one interrupted.
    match($0, /^[a-z_0-9]+\(/) {
      name = substr($0, 1, RLENGTH - 1)
      if (fresh) { fresh = 0; if (name ~ /^syscall_0x/) next }
      if (on) print name
      else if (name == "seccomp" && /SECCOMP_SET_MODE_FILTER/ && / = 0$/) { on = fresh = 1; installed++ }
    }
    END { if (installed != began) { print "programs started: " began ", filters installed: " installed >"/dev/stderr"; exit 1 } }
  ' "$@" | sort -u
}

# check_trace PROGRAM BINARY
check_trace() {
  local base=$1 binary=$2 seen=$work/$1.seen allowed=$work/$1.allowed
  calls_under_filter "$work/traces/$base"/* >"$seen" ||
    fail "$base: a run did not install its filter (traces: $work/traces/$base)"
  "$chestnut" show --format names "$binary" | sort -u >"$allowed" || fail "$base: chestnut show"
  "$chestnut" show --format json "$binary" | grep '"mode": *"kill"' >/dev/null || fail "$base: its mode is not kill"
  [ -s "$seen" ] || fail "$base: strace saw no call under the filter"
  if [ -n "$(comm -23 "$seen" "$allowed")" ]; then
    printf 'seen by strace:\n%s\nallowed by the policy:\n%s\n' \
      "$(paste -sd' ' "$seen")" "$(paste -sd' ' "$allowed")" >&2
    fail "$base: made calls outside its policy: $(comm -23 "$seen" "$allowed" | paste -sd' ')"
  fi
  echo "$base: $(wc -l <"$seen") calls seen, $(wc -l <"$allowed") allowed"
}

# test_program PACKAGE PROGRAM...
test_program() {
  local package=$1 program
  shift
  mkdir -p "$work"
  # shellcheck disable=SC2034  # for the tests
  source_tree=$("$here/fetch" "$package")
  if [ -n "${CHESTNUT_ORACLE:-}" ]; then
    # shellcheck source=test/oracle/oracle.sh
    source "$here/../oracle/oracle.sh"
    oracle_program "$package" "$@"
    return
  fi
  build_plain "$package"
  build_kind chestnut "$chestnut_cc" "$package"
  link_bin bin.plain "$work/plain" "$@"
  link_bin bin.chestnut "$work/chestnut" "$@"
  trace_bin bin.traced "$work/chestnut" "$@"
  do_work result.plain "$work/bin.plain"
  do_work result.chestnut "$work/bin.chestnut"
  same_results result.plain result.chestnut
  do_work result.traced "$work/bin.traced"
  same_results result.plain result.traced
  for program; do
    check_trace "$(basename "$program")" "$work/chestnut/$program"
  done
  echo "PASSED: $(basename "$0" .sh)"
}
