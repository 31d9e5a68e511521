#!/usr/bin/env bash
# The foreign client against the practice account. Needs `cargo build --workspace --bins` and `scripts/setup.sh test`.
source "$(dirname "$0")/../../scripts/lib.sh"

export SWITCHBOARD_SIMULATOR="$target/debug/switchboard-simulator"
[ -x "$SWITCHBOARD_SIMULATOR" ] || fail "$SWITCHBOARD_SIMULATOR is missing: run cargo build --workspace --bins first."
export PYTHONDONTWRITEBYTECODE=1
exec "$target/interop-venv/bin/python" -m unittest discover -s tests/interop "$@"
