#!/usr/bin/env bash
# Goes through the whole main job in the real window on a screen of its own, leaves a picture of every screen in
# target/tour/ and prints what the console counted beside what the practice account really did. Progress on stderr;
# the last line of stdout is JSON. Fails when the two differ.
source "$(dirname "$0")/lib.sh"

bash scripts/setup.sh test >&2
bash scripts/build-ui.sh >&2
say "Building Switchboard"
# The selection that `make test` builds, so that neither command compiles what the other has.
cargo build --workspace --bins --tests --quiet
export SWITCHBOARD_APP="$target/debug/switchboard"
export SWITCHBOARD_TOUR_OUT="$target/tour"
rm -rf "$SWITCHBOARD_TOUR_OUT"
mkdir -p "$SWITCHBOARD_TOUR_OUT"
exec node tests/e2e/tour.mjs </dev/null
