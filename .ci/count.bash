# Sourced by the scripts of this folder: runs commands one after another, counts them, and has the last word.
passed=0 failed=0 skipped=0 failures=()
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# run NAME SECONDS COMMAND...: sets `status` and `log`; what it prints is shown when it ends, each line led by NAME.
# Through a file and not a pipe: a process that is left behind would hold a pipe open.
run() {
  local name=$1 limit=$2 start=$SECONDS
  shift 2
  log=$logs/$name status=0
  echo "== $name: $*"
  timeout -k 10 "$limit" "$@" >"$log" 2>&1 </dev/null || status=$?
  sed "s/^/$name | /" "$log"
  echo "== $name: exit code $status after $((SECONDS - start)) s"
}

# A command that is one check: exit code 0.
check() {
  run "$@"
  judge "$1"
}

judge() {
  if [[ $status -eq 0 ]]; then pass; else fail "$1" "exit code $status"; fi
}

# beside NAME SECONDS COMMAND...: a check that runs while others do, for one thread is all it has; `await NAME` counts it.
declare -A beside=()
beside() {
  local name=$1
  (run "$@" && exit "$status") >"$logs/$name.shown" &
  beside[$name]=$!
}

await() {
  status=0
  wait "${beside[$1]}" || status=$?
  cat "$logs/$1.shown"
  judge "$1"
}

# A command that counts its own checks and ends with `N passed, M failed`.
tally() {
  run "$@"
  local last
  last=$(tail -n 1 "$log")
  if [[ ! $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
    fail "$1" "ended without a count (exit code $status)"
    return
  fi
  local ran=${BASH_REMATCH[1]} broken=${BASH_REMATCH[2]}
  passed=$((passed + ran)) failed=$((failed + broken)) skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
  if [[ $broken -gt 0 ]]; then
    failures+=("$1: $broken of $((ran + broken))")
    while IFS= read -r line; do failures+=("$1: $line"); done < <(grep -E '^ +FAIL |FAILED' "$log" | head -n 40)
  elif [[ $ran -eq 0 || $status -ne 0 ]]; then
    fail "$1" "counted $ran passed, none failed, but ended with exit code $status"
  fi
}

pass() {
  passed=$((passed + 1))
}

fail() {
  failed=$((failed + 1))
  failures+=("$1: $2")
}

# What failed once more, and the closing line; failure also when nothing was counted.
finish() {
  if [[ $failed -gt 0 ]]; then printf '== FAILED: %s\n' "${failures[@]}"; fi
  local line="$passed passed, $failed failed"
  if [[ $skipped -gt 0 ]]; then line+=", $skipped skipped"; fi
  echo "$line"
  [[ $failed -eq 0 && $passed -gt 0 ]]
}
