#!/usr/bin/env bash
# Builds the deb and the rpm, and tries the deb: it must install and its program must start.
source "$(dirname "$0")/lib.sh"

bash scripts/setup.sh bundle
bash scripts/build-ui.sh
ui/node_modules/.bin/tauri build --bundles deb,rpm --ci
deb=$(ls -t "$target"/release/bundle/deb/*.deb | head -n 1)
rpm=$(ls -t "$target"/release/bundle/rpm/*.rpm | head -n 1)
say "Built $deb"
say "Built $rpm"
rpm -qp --requires "$rpm" >/dev/null

if ! has dpkg || [ "$(id -u)" -ne 0 ]; then
  say "Not installed for a try: that takes a Debian system and root."
  exit 0
fi
package=$(dpkg-deb -f "$deb" Package)
if dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii'; then
  say "Not installed for a try: $package is installed on this machine already."
  exit 0
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$deb" </dev/null >/dev/null
trap 'DEBIAN_FRONTEND=noninteractive apt-get remove -y -qq "$package" </dev/null >/dev/null' EXIT
/usr/bin/switchboard --version
say "The deb installs and its program starts."
