#!/usr/bin/env bash
# The benchmarks, one JSON line per figure on stdout. `bench.sh campaign` runs only that one; STRICT=1 fails on a missed aim.
source "$(dirname "$0")/lib.sh"

bash scripts/setup.sh test
bash scripts/build-ui.sh
cargo build --release --quiet --package switchboard-bench --package switchboard-simulator --package switchboard-relay \
  --package switchboard --bins
exec "$target/release/switchboard-bench" "${@:-all}"
