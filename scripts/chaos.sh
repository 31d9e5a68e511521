#!/usr/bin/env bash
# Runs the send engine under seeds of trouble: `make chaos SEEDS=1000`, from a random seed or FROM=1; one seed again with
# everything it does: `make chaos SEED=42`. Progress on stderr, the summary as one line of JSON on stdout.
source "$(dirname "$0")/lib.sh"

export CARGO_TERM_PROGRESS_WHEN=${CARGO_TERM_PROGRESS_WHEN:-never} CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
from=${FROM:-$((RANDOM * 32768 + RANDOM))}
if [ -n "${SEED:-}" ]; then
  from=$SEED SEEDS=1
  export SWITCHBOARD_CHAOS_TRACE=1
fi
export SWITCHBOARD_CHAOS_SEEDS="$from..$((from + ${SEEDS:-200}))"

bash scripts/build-ui.sh >&2
say "Building the chaos suite"
# The whole workspace's selection of features, as everywhere: see scripts/test.sh.
cargo test --workspace --test chaos --no-run --quiet >&2
say "Seeds $SWITCHBOARD_CHAOS_SEEDS"
summary=$(mktemp "${TMPDIR:-/tmp}/switchboard-chaos.XXXXXX")
trap 'rm -f "$summary"' EXIT
outcome=0
SWITCHBOARD_CHAOS_SUMMARY="$summary" cargo test --workspace --test chaos --quiet -- \
  --ignored --exact width::suite::many_seeds --nocapture >&2 || outcome=1
cat "$summary"
exit "$outcome"
