#!/bin/bash
# Sources as clang-format leaves them, scripts as shellcheck likes them.
set -euo pipefail
cd "$(dirname "$0")/../.."

tree_files() {
  git ls-files -z --cached --others --exclude-standard "$@"
}

# Under test/ most sources are inputs, whose shape is part of the test.
{
  tree_files '*.cc' '*.h' '*.c' ':!test/'
  tree_files 'test/*_test.cc'
} | xargs -0 -r clang-format-19 --dry-run -Werror
tree_files tools .ci '*.sh' |
  xargs -0 -r grep -lZ -m1 -E '^#!/bin/(ba)?sh|^# shellcheck shell' |
  xargs -0 -r shellcheck -x -P tools
