#!/bin/bash
# Programs that nobody named beforehand, as a check that nothing was fitted to
# the named ones: each is built by its own build system and does a little real
# work in its sandbox, as in common.sh.
#
#   test/programs/others.sh [PACKAGE...]     (default: all of the list)
# shellcheck source=test/programs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# shellcheck disable=SC2317  # build_* and work_* are called by their names
configure_and_make() {
  quietly ./configure CC="$1" CFLAGS="${CHESTNUT_CFLAGS:--O2}" --disable-nls \
    --disable-dependency-tracking
  # Debian's patches may ask for the maintainer's tools once more.
  quietly make "$jobs" MAKEINFO=true AUTOCONF=true AUTOMAKE=true ACLOCAL=true AUTOHEADER=true
}

some_text() { cat "$source_tree"/{configure,COPYING,debian/changelog}; }

build_gzip() { configure_and_make "$1"; }
work_gzip() {
  some_text >text
  gzip -9 -n <text >text.gz
  gzip -dc text.gz | cmp - text
  cp text copy
  gzip -v --fast copy 2>verbose.out
  gzip -t copy.gz
  gzip -l copy.gz >list.out
  gzip -d copy.gz
  cmp copy text
  gzip -c -n copy >twice.gz
  mkdir -p tree/deep
  cp text tree/a
  cp text tree/deep/b
  gzip -r -n tree
  gzip -d missing.gz >missing.out 2>&1 || echo "status $?" >>missing.out
  echo garbage | gzip -d >garbage.out 2>&1 || echo "status $?" >>garbage.out
}

build_sed() { configure_and_make "$1"; }
work_sed() {
  some_text >text
  sed -n '/echo/p;$=' text >print.out
  sed -E 's/([a-z]+)_([a-z]+)/\2_\1/g; y/abc/xyz/; /^$/d' text >replace.out
  cp text inplace
  sed -i.orig -e '1,10d' -e 's/e/E/w written' inplace
  sed -s -n '$p' text inplace >last.out
  sed 'N;P;D' text >ndp.out
  sed --posix -f /dev/null text | cmp - text
  printf 'a\nb\n' | sed 'r missing
    a appended' >read.out
  sed -n 'bad' text >bad.out 2>&1 || echo "status $?" >>bad.out
  sed p missing >>bad.out 2>&1 || echo "status $?" >>bad.out
}

build_grep() { configure_and_make "$1"; }
work_grep() {
  some_text >text
  mkdir -p tree/deep
  cp text tree/a
  cp text tree/deep/b
  grep -c echo text >count.out
  grep -n -i -E '^ *(if|fi).*[A-Z]{3}' text >extended.out
  grep -r -l -F 'echo' tree | sort >recursive.out
  grep -o -w -e 'if' -e 'echo' text | sort | uniq -c >words.out
  grep -E '(a|b)[^ab]*\1.*\1' text >backreference.out || echo "status $?" >>backreference.out
  grep -v -A1 -B1 -m 5 e text >context.out
  grep -q nosuchword text || echo "status $?" >quiet.out
  grep x missing >missing.out 2>&1 || echo "status $?" >>missing.out
  grep '[' text >bad.out 2>&1 || echo "status $?" >>bad.out
  printf 'bin\0ary' | grep bin >binary.out 2>&1
}

build_diffutils() { configure_and_make "$1"; }
work_diffutils() {
  some_text >one
  sed -e '5,9d' -e 's/echo/print/' -e '$a last' one >two
  sed '20,30d' one >three
  diff one two >normal.out || echo "status $?" >>normal.out
  diff -U2 --label a --label b one two >unified.out || echo "status $?" >>unified.out
  diff -y -W 100 one two >side.out || echo "status $?" >>side.out
  diff --ed -b -B -i one two >ed.out || echo "status $?" >>ed.out
  mkdir -p old/sub new/sub
  cp one old/sub/f
  cp two new/sub/f
  cp three new/only
  diff -rq old new >tree.out || echo "status $?" >>tree.out
  diff -N --brief old/sub/f new/only >>tree.out || echo "status $?" >>tree.out
  cmp one two >cmp.out || echo "status $?" >>cmp.out
  cmp -l one two 2>&1 | sed -n 1,20p >bytes.out || true
  cmp one one
  diff one missing >missing.out 2>&1 || echo "status $?" >>missing.out
}

# A shell that starts no other program: those would inherit its filter.
build_dash() { configure_and_make "$1"; }
work_dash() {
  cat >script <<'SCRIPT'
    f() { local x=$1; while [ "$x" -gt 0 ]; do x=$((x - 1)); done; echo "f $x $#"; }
    f 1000 b
    (echo subshell; exit 3) || echo "status $?"
    echo one two | while read -r a b; do echo "$b $a"; done
    v=$(echo substitution; false) || echo "$v $?"
    { echo to a file; echo more; } >file
    read -r line <file; echo "$line ${line#to } ${line%file} ${#line}"
    cat_() { while read -r l; do echo "[$l]"; done; }
    cat_ <<END
here $((6 * 7)) document
END
    trap 'echo trapped' USR1
    kill -USR1 $$
    (read -r _ <file; echo background >back) & wait $!
    read -r back <back; echo "$back"
    cd /; pwd; cd - >/dev/null
    umask; umask 077; umask
    for g in fi*; do echo "$g"; done
    case abc in a*) echo case ;; esac
    printf '%s %05d %x\n' s 42 255
    test -d / -a ! -e missing && echo test
    eval 'echo evaluated'
    set -- a b c; shift; echo "$*"; ulimit -n >/dev/null; times >/dev/null
    . ./missing
SCRIPT
  dash script >script.out 2>&1 || echo "status $?" >>script.out
  # shellcheck disable=SC2016  # for that shell to expand
  echo 'echo $0 $-; echo ${PPID:+parent}' | dash >stdin.out
  dash -c 'echo "$@"' name a b >c.out
}

declare -A packages=([gzip]=gzip [sed]=sed/sed [grep]=src/grep
  [diffutils]='src/diff src/cmp' [dash]=src/dash)

# Debian's patches to dash expect the configure script to be made anew.
declare -A sources=([dash]=dash:upstream)

test_one() {
  local name=$1
  [ -n "${packages[$name]:-}" ] || fail "no such program in the list: $name (there are: ${!packages[*]})"
  eval "build_program() { build_$name \"\$@\"; }; real_work() { work_$name; }"
  # shellcheck disable=SC2086 # a list of programs
  (work=$work/$name && test_program "${sources[$name]:-$name}" ${packages[$name]})
}

[ $# -gt 0 ] || set -- gzip sed grep diffutils dash
for name; do test_one "$name"; done
