#!/usr/bin/env bash
# The benchmarks, one JSON line per figure on stdout (docs/benchmarks.md). `bench.sh campaign` runs only that one,
# `bench.sh campaign --runs 5` more often; STRICT=1 fails on a missed aim, QUICK=1 idles 20 s instead of 60.
source "$(dirname "$0")/lib.sh"

# `bench.sh setup` installs what Switchboard is measured against (crates/bench/baselines) and measures nothing.
if [ "${1:-}" = setup ]; then
  exec bash scripts/setup.sh bench >&2
fi
case "${1:-all}" in
  all | relay | campaign) bash scripts/setup.sh bench >&2 ;;
  *) bash scripts/setup.sh test >&2 ;;
esac
export SWITCHBOARD_BASELINE_PYTHON="$target/baseline-venv/bin/python"
case "${1:-all}" in
  all | window)
    bash scripts/build-ui.sh >&2
    selection=()
    ;;
  # Only the window needs the app, which takes longer to build than all the rest.
  *) selection=(--exclude switchboard) ;;
esac
say "Building the release programs"
# One selection of features for all programs, so that nothing is compiled twice.
cargo build --release --quiet --workspace --bins "${selection[@]}" >&2
exec "$target/release/switchboard-bench" "${@:-all}"
