#!/usr/bin/env bash
# Builds ui/dist, which the shell embeds; leaves it alone when no file of the window is newer.
source "$(dirname "$0")/lib.sh"

if [ -f ui/dist/index.html ] &&
  [ -z "$(find ui/src ui/public ui/index.html ui/package-lock.json ui/vite.config.ts -newer ui/dist/index.html -print -quit)" ]; then
  exit 0
fi
cd ui
npm run --silent build -- --logLevel warn
