#!/usr/bin/env bash
# Runs the journeys: `run.sh` all of them, `run.sh import stop` those whose file names begin so.
source "$(dirname "$0")/../../scripts/lib.sh"

app="$target/debug/switchboard"
[ -x "$app" ] || fail "$app is not built: cargo build --workspace --bins --tests"
export SWITCHBOARD_APP="$app"
export SWITCHBOARD_E2E_OUT="${SWITCHBOARD_E2E_OUT:-$target/e2e}"
mkdir -p "$SWITCHBOARD_E2E_OUT"

files=()
if [ $# -eq 0 ]; then
  files=(tests/e2e/journeys/*.test.mjs)
else
  for name in "$@"; do files+=(tests/e2e/journeys/"$name"*.test.mjs); done
fi
# One window at a time: journeys measure seconds, and the machine of CI has two cores.
exec node --test --test-concurrency=1 --test-timeout=600000 \
  --test-reporter=spec --test-reporter-destination=stderr \
  --test-reporter="$root/tests/e2e/lib/closing-line.mjs" --test-reporter-destination=stdout \
  "${files[@]}"
