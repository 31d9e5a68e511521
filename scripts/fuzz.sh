#!/usr/bin/env bash
# Fuzzes what reads strangers' bytes: `make fuzz`, each target for FOR seconds (60); `make fuzz ONLY=webhook_reader FOR=600`.
# What breaks a target is kept below target/fuzz/artifacts and makes the command fail.
source "$(dirname "$0")/lib.sh"

each=${FOR:-60}
bash scripts/setup.sh test >&2

tools="$target/tools"
if [ ! -x "$tools/bin/cargo-fuzz" ]; then
  say "Compiling cargo-fuzz (once)"
  CARGO_TARGET_DIR="$tools" cargo install --quiet --locked --root "$tools" cargo-fuzz
fi
PATH="$tools/bin:$PATH"

work="$target/fuzz"
mkdir -p "$work"
say "Writing the seeds: the tests' own payloads, messages and lists"
bash scripts/build-ui.sh >&2
SWITCHBOARD_FUZZ_CORPUS="$work/seeds" cargo nextest run --workspace --cargo-quiet --status-level fail --final-status-level fail \
  -E 'test(/_corpus_/)' >&2

# The sanitizer is an unstable option of the compiler; this lets the stable one, which the product is built with, take it.
# A build folder of its own, because every crate is compiled with it.
export RUSTC_BOOTSTRAP=1 CARGO_BUILD_BUILD_DIR="$work/build"
read -ra targets <<<"${ONLY:-$(cargo fuzz list --fuzz-dir fuzz | tr '\n' ' ')}"
say "Building ${targets[*]} with the address sanitizer"
for name in "${targets[@]}"; do
  cargo fuzz build --fuzz-dir fuzz --target-dir "$work/build" "$name" 2>"$work/build.log" || {
    cat "$work/build.log" >&2
    fail "The fuzz target $name does not build."
  }
done

outcome=0
table=()
for name in "${targets[@]}"; do
  corpus="$work/corpus/$name" artifacts="$work/artifacts/$name/" log="$work/$name.log"
  mkdir -p "$corpus" "$artifacts" "$work/seeds/$name"
  say "Fuzzing $name for $each s"
  # 10 s for one input, 256 MB in one allocation, 1 GB in all: more of any is a finding.
  if cargo fuzz run --fuzz-dir fuzz --target-dir "$work/build" "$name" "$corpus" "$work/seeds/$name" -- \
    -max_total_time="$each" -timeout=10 -malloc_limit_mb=256 -rss_limit_mb=1024 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="$artifacts" >"$log" 2>&1; then
    word=ok
  else
    word=FAILED outcome=1
    tail -n 60 "$log" >&2
  fi
  stat() { sed -n "s/^stat::$1: *//p" "$log" | tail -n 1; }
  cover=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2)
  table+=("$(printf '%-18s %4s s %12s inputs %8s/s %6s edges %6s MB  %s' "$name" "$each" "$(stat number_of_executed_units)" \
    "$(stat average_exec_per_sec)" "$cover" "$(stat peak_rss_mb)" "$word")")
done

printf '%s\n' "${table[@]}"
[ "$outcome" -eq 0 ] || say "What broke a target is in $work/artifacts; run it again with: cargo fuzz run NAME FILE"
exit "$outcome"
