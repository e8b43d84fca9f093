#!/bin/bash
# Lua 5.4 by its own Makefile, under its sandbox: lua and luac over scripts that
# cover io, os, string, coroutine and what goes with them (Debian's source
# package has no test-suite). The tarball without Debian's patches, because those
# make its Makefile build a C++ library too, and there is no libstdc++ for musl.
#
# os.execute and io.popen run another program, which inherits the filter; lua's
# policy therefore has execve, and says so. The scripts do not use them.
# shellcheck source=test/programs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_program() {
  quietly make "$jobs" -C src linux CC="$1" CFLAGS="${CHESTNUT_CFLAGS:--O2} -DLUA_COMPAT_5_3 -DLUA_USE_POSIX" LIBS=-lm
}

real_work() {
  local script
  for script in "$here"/lua/*.lua; do
    lua "$script" >"$(basename "$script").out" 2>&1 </dev/null
  done

  # The stand-alone interpreter: options, standard input, interactive mode,
  # scripts with errors, precompiled chunks, modules.
  lua -v >version.out
  lua -e 'print(1 + 1)' -l string >options.out
  echo 'print(io.read("a"))' >echo.lua
  echo 'some input' | lua echo.lua >>options.out
  echo 'print(...)' | lua - a b >>options.out
  printf 'x = 2\n= x * 21\nfor i = 1, 2 do\nprint(i) end\nerror("oh")\n' | lua -i >interactive.out 2>&1
  echo 'local t = nil; t.x = 1' >bad.lua
  lua bad.lua >bad.out 2>&1 || echo "status $?" >>bad.out
  lua missing.lua >>bad.out 2>&1 || echo "status $?" >>bad.out
  lua -e 'os.exit(7, true)' || echo "status $?" >>bad.out
  luac -o strings.luac "$here/lua/string.lua"
  lua strings.luac | cmp - string.lua.out
  luac -l -p "$here/lua/coroutine.lua" | sed 's/0x[0-9a-f]*//g' >listing.out
  echo 'return { answer = 42 }' >answer.lua
  lua -e 'package.path = "./?.lua"; print(require("answer").answer)' >require.out
  lua -e 'print(pcall(require, "no.such.module"))' | sed -n 1p >>require.out
}

test_program lua5.4:upstream src/lua src/luac
