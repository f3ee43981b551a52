#!/usr/bin/env bash
# Builds the fuzz targets and runs each for some seconds: run.sh [seconds, 30] [target ...]
# Fails if one of them has a finding. ASAN=1 builds with AddressSanitizer as well.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-30}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for corpus in Corpus/*/; do targets+=("$(basename "$corpus")"); done
fi

build=(--configuration release --sanitize=fuzzer)
scratch=.build
if [ -n "${ASAN:-}" ]; then
  # In this order: the compiler driver takes the last -sanitize-coverage it is given.
  build+=(--sanitize=address
    -Xswiftc -sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table)
  scratch=.build-asan
fi
swift build "${build[@]}" --scratch-path "$scratch"

# Swift's own backtraces take the signals that libFuzzer waits for.
export SWIFT_BACKTRACE=enable=no

run_target() {
  local target=$1 found=$scratch/fuzzing/$1
  mkdir -p "$found/corpus" "$found/findings"
  local options=("-max_total_time=$seconds" "-artifact_prefix=$found/findings/" -max_len=4096
    -len_control=10 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1)
  if [ -f "Dictionaries/$target.dict" ]; then options+=("-dict=Dictionaries/$target.dict"); fi
  touch "$found/started"
  # What is new goes into the first folder; the seeds are only read.
  if "$scratch/release/$target" "${options[@]}" "$found/corpus" "Corpus/$target" \
    > "$found/log" 2>&1; then
    local count
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
    echo "$target: $count executions, nothing found"
    return
  fi
  echo "$target: FINDING, the log is Fuzzing/$found/log"
  grep -m 1 -E 'Fatal error|^SUMMARY|^==[0-9]+== *ERROR' "$found/log" || tail -n 5 "$found/log"
  while IFS= read -r reproducer; do
    echo "  Fuzzing/$reproducer"
    echo "  base64: $(base64 < "$reproducer" | tr -d '\n')"
    echo "  again:  SWIFT_BACKTRACE=enable=no Fuzzing/$scratch/release/$target Fuzzing/$reproducer"
  done < <(find "$found/findings" -type f -newer "$found/started")
  return 1
}

# Each takes one core: as many at a time as there are.
failed=()
jobs=$(nproc 2>/dev/null || sysctl -n hw.ncpu)
for ((first = 0; first < ${#targets[@]}; first += jobs)); do
  running=()
  for target in "${targets[@]:first:jobs}"; do
    run_target "$target" &
    running+=("$!:$target")
  done
  for entry in "${running[@]}"; do
    wait "${entry%%:*}" || failed+=("${entry#*:}")
  done
done

[ ${#failed[@]} -eq 0 ] || { echo "Findings: ${failed[*]}" >&2; exit 1; }
