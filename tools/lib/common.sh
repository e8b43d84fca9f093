# shellcheck shell=bash
# Sourced by the scripts of tools/: messages and the root of the tree.

# die TEXT: one line on stderr, status 2.
die() {
  printf '%s: %s\n' "tools/$(basename "$0")" "$1" >&2
  exit 2
}

# note TEXT: progress for people, kept off stdout.
note() {
  printf '%s\n' "$1" >&2
}

# as_root COMMAND...
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "'$1' needs root: run this as root or install sudo"
  fi
}

# jobs: how many compile jobs this machine bears; clang needs about 1 GB each.
jobs_for_machine() {
  local cores memory_gb
  cores=$(nproc)
  memory_gb=$(awk '/^MemTotal:/ {print int($2 / 1048576)}' /proc/meminfo)
  ((memory_gb < 1)) && memory_gb=1
  ((memory_gb < cores)) && cores=${memory_gb}
  printf '%d\n' "${cores}"
}
