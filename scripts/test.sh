#!/usr/bin/env bash
# Everything CI runs, cheapest first, and the minutes of each stage. `scripts/test.sh ui lints` runs only those stages;
# `--long` adds what takes too long for every change.
source "$(dirname "$0")/lib.sh"

short=(setup format ui lints build generated tests interop docs journeys)
long=(setup licences fuzz-lints long-tests bundle)

# Every stage compiles the same selection of the workspace, so that features unify alike and nothing is compiled twice.
export CARGO_TERM_PROGRESS_WHEN=${CARGO_TERM_PROGRESS_WHEN:-never}
export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}

stage_setup() { bash scripts/setup.sh test; }

stage_format() {
  cargo fmt --all --check
  cargo fmt --manifest-path fuzz/Cargo.toml --check
  # The fuzz targets have a lock file of their own, which a new dependency of the crates makes stale.
  cargo metadata --manifest-path fuzz/Cargo.toml --locked --format-version 1 >/dev/null
  (cd ui && npx --no-install biome format . && npx --no-install biome format --config-path=../tests/e2e ../tests/e2e)
}

stage_ui() {
  cd ui
  npm run --silent lint
  npm run --silent typecheck
  npm test --silent
  npm run --silent build -- --logLevel warn
}

stage_lints() {
  bash scripts/build-ui.sh
  cargo clippy --workspace --all-targets --quiet -- -D warnings
}

stage_build() {
  bash scripts/build-ui.sh
  cargo build --workspace --bins --tests --quiet
}

stage_generated() { bash scripts/generate.sh --check; }

stage_tests() { cargo nextest run --workspace --profile "${NEXTEST_PROFILE:-ci}"; }

stage_interop() { bash tests/interop/run.sh; }

stage_docs() {
  RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
  # The examples compile, and those that need no server run.
  cargo test --workspace --doc --quiet
}

stage_journeys() { SWITCHBOARD_E2E_TRIES=2 bash tests/e2e/run.sh; }

stage_licences() {
  if ! command -v cargo-deny >/dev/null; then
    say "Compiling cargo-deny (once)"
    CARGO_TARGET_DIR="$target/tools" cargo install --quiet --locked cargo-deny
  fi
  # Advisories need a database from the network; what is checked here needs none.
  cargo deny --workspace check bans licenses sources
}

stage_fuzz-lints() { CARGO_BUILD_BUILD_DIR="$target/fuzz/check" cargo clippy --manifest-path fuzz/Cargo.toml --locked --quiet -- -D warnings; }

stage_long-tests() { SWITCHBOARD_LONG=1 cargo nextest run --workspace --profile long --run-ignored all; }

stage_bundle() { bash scripts/bundle.sh; }

if [ "${1:-}" = --stage ]; then
  "stage_$2"
  exit 0
fi
if [ "${1:-}" = --long ]; then
  stages=("${long[@]}")
elif [ $# -gt 0 ]; then
  stages=("$@")
else
  stages=("${short[@]}")
fi

# Tests start from nothing: no settings, data or caches of whoever runs them.
home=$(mktemp -d "${TMPDIR:-/tmp}/switchboard-test.XXXXXX")
trap 'rm -rf "$home"' EXIT
for kind in DATA CONFIG CACHE STATE; do
  mkdir -p "$home/${kind,,}"
  export "XDG_${kind}_HOME=$home/${kind,,}"
done
mkdir -m 700 "$home/runtime"
export XDG_RUNTIME_DIR="$home/runtime"

table=()
outcome=0
for name in "${stages[@]}"; do
  say
  say "== $name"
  begun=$SECONDS
  # A process of its own per stage: `set -e` holds inside it, which it does not in a condition.
  if bash "$0" --stage "$name" </dev/null; then word=ok; else word=FAILED && outcome=1; fi
  took=$((SECONDS - begun))
  table+=("$(printf '%-12s %5d.%d min  %s' "$name" $((took / 60)) $((took % 60 / 6)) "$word")")
  say "-- $name: $word"
  [ "$outcome" -eq 0 ] || break
done

echo
printf '%s\n' "${table[@]}"
printf '%-12s %5d.%d min  %s\n' total $((SECONDS / 60)) $((SECONDS % 60 / 6)) "$([ "$outcome" -eq 0 ] && echo ok || echo FAILED)"
exit "$outcome"
