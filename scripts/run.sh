#!/usr/bin/env bash
# Builds the app and opens it on the practice account. Arguments go to the app.
source "$(dirname "$0")/lib.sh"

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  fail "There is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set): 'make tour' goes through the whole app on a screen of its own and leaves pictures in target/tour/."
fi
bash scripts/setup.sh run
bash scripts/build-ui.sh
say "Building Switchboard (the first time takes some minutes)"
cargo build --release --package switchboard --bin switchboard
exec "$target/release/switchboard" --practice "$@"
