#!/usr/bin/env bash
# Writes what is generated from the Rust sources: ui/src/ipc/generated.ts. With --check, only says whether it is fresh.
source "$(dirname "$0")/lib.sh"

file=ui/src/ipc/generated.ts
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
# The tests have built the program already, with the features of the whole workspace; `cargo run` would build another.
if [ "${1:-}" = --check ] && [ -x "$target/debug/switchboard-generate-ts" ]; then
  "$target/debug/switchboard-generate-ts" >"$fresh"
else
  cargo run --quiet --package switchboard-bridge --bin switchboard-generate-ts >"$fresh"
fi
if [ "${1:-}" = --check ]; then
  diff -u "$file" "$fresh" || fail "$file is not what crates/bridge gives: run 'make generate' and commit the result."
else
  cmp -s "$file" "$fresh" || cp "$fresh" "$file"
fi
