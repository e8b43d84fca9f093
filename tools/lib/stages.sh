# shellcheck shell=bash
# Stages of tools/test: each has a budget, a log, and its share of the counts.

readonly LOGS=build/test-logs
PASSED=0
FAILED=0
COUNTED=false
FAILURES=()
TIMES=()

count_pass() {
  PASSED=$((PASSED + ${1:-1}))
  COUNTED=true
}

# count_fail WHAT
count_fail() {
  FAILED=$((FAILED + 1))
  FAILURES+=("$1")
  COUNTED=true
}

# count_junit FILE STATUS: adds ctest's results; a run that left none failed.
count_junit() {
  local file=$1 status=$2 run failed name
  if [[ ! -s ${file} ]]; then
    count_fail "ctest left no results (status ${status})"
    return 1
  fi
  run=$(grep -c '<testcase .*status="run"' "${file}")
  failed=0
  while IFS= read -r name; do
    count_fail "${name}"
    failed=$((failed + 1))
  done < <(sed -n '/status="fail"/s/.*<testcase name="\([^"]*\)".*/\1/p' "${file}")
  if ((status != 0 && failed == 0)); then
    count_fail "ctest ended with status ${status}"
    return 1
  fi
  count_pass "${run}"
  return "$((failed > 0))"
}

# stage NAME BUDGET COMMAND...: runs the command with its output in a log; a
# command that counts nothing itself counts as one.
stage() {
  local name=$1 budget=$2 begin=${SECONDS} failed_before=${FAILED} status=0 log verdict
  shift 2
  mkdir -p "${LOGS}"
  log=${LOGS}/${name}.log
  COUNTED=false
  printf '%-13s budget %5d s ... ' "${name}" "${budget}"
  "$@" >"${log}" 2>&1 </dev/null || status=$?
  if ((status != 0 && FAILED == failed_before)); then
    count_fail "${name}"
  elif ! ${COUNTED}; then
    count_pass
  fi
  local used=$((SECONDS - begin))
  verdict=ok
  ((status == 0)) || verdict=FAILED
  ((used > budget)) && verdict+=', over its budget'
  printf 'used %5d s, %s\n' "${used}" "${verdict}"
  TIMES+=("${used}")
  if ((status != 0)); then
    printf -- '--- the end of %s\n' "${log}"
    tail -n 60 "${log}"
    printf -- '---\n'
  fi
  return "${status}"
}

# finish: the summary, and the line that counts; ends the script.
finish() {
  local time total=0 failure
  for time in "${TIMES[@]}"; do total=$((total + time)); done
  printf '%-13s %26d s\n' total "${total}"
  for failure in ${FAILURES[@]+"${FAILURES[@]}"}; do printf 'failed: %s\n' "${failure}"; done
  printf '%d passed, %d failed\n' "${PASSED}" "${FAILED}"
  ((FAILED == 0))
  exit
}
