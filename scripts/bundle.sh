#!/usr/bin/env bash
# Builds the deb and the rpm and tries both: the deb is installed, started from where it put the program, and removed;
# the rpm is unpacked and its program started. Pictures of both windows are in target/bundle/.
source "$(dirname "$0")/lib.sh"

bash scripts/setup.sh bundle
bash scripts/build-ui.sh
rm -rf "$target/release/bundle"
ui/node_modules/.bin/tauri build --bundles deb,rpm --ci
deb=$(ls "$target"/release/bundle/deb/*.deb)
rpm=$(ls "$target"/release/bundle/rpm/*.rpm)
say "Built $deb"
say "Built $rpm"
! grep -q SWITCHBOARD_FAULT_POINT "$target/release/switchboard" || fail "the program holds fault points of the chaos suite"

# Without these a fresh system would install the package and not start the program.
needs() {
  local package=$1 list=$2 wanted
  shift 2
  for wanted in "$@"; do
    grep -q -- "$wanted" <<<"$list" || fail "$package does not ask for $wanted: $list"
  done
}
needs "the deb" "$(dpkg-deb -f "$deb" Depends 2>/dev/null)" libwebkit2gtk-4.1-0 libgtk-3-0 libayatana-appindicator3-1
needs "the rpm" "$(rpm -qp --requires "$rpm" 2>/dev/null)" libwebkit2gtk-4.1.so.0 libgtk-3.so.0 libayatana-appindicator3.so.1

pictures=$target/bundle
rm -rf "$pictures"
mkdir -p "$pictures"

# Starts an installed program on a screen of its own. Its libraries are looked at first: what is missing is named.
starts() {
  local program=$1 name=$2 missing
  missing=$(ldd "$program" | grep 'not found' || true)
  [ -z "$missing" ] || fail "$program lacks libraries: $missing"
  [ "$("$program" --version)" = "switchboard $(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)" ] ||
    fail "$program does not tell its version"
  SWITCHBOARD_APP=$program node tests/e2e/starts.mjs "$pictures/$name.png" </dev/null
}

if ! { has tauri-driver && has WebKitWebDriver && has Xvfb && [ -d tests/e2e/node_modules ]; }; then
  say "Not tried: that takes the programs that 'bash scripts/setup.sh test' installs."
  exit 0
fi

unpacked=$(mktemp -d "${TMPDIR:-/tmp}/switchboard-rpm.XXXXXX")
trap 'rm -rf "$unpacked"' EXIT
# rpm2cpio of some versions ends with 1 although it wrote everything: what counts is that the program is there.
{ rpm2cpio "$rpm" || true; } | (cd "$unpacked" && cpio --quiet -idm)
[ -x "$unpacked/usr/bin/switchboard" ] || fail "the rpm could not be unpacked, or brings no program"
starts "$unpacked/usr/bin/switchboard" rpm
say "The rpm's program starts."

if ! has dpkg || [ "$(id -u)" -ne 0 ]; then
  say "The deb was not installed for a try: that takes a Debian system and root."
  exit 0
fi
package=$(dpkg-deb -f "$deb" Package)
if dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii'; then
  say "The deb was not installed for a try: $package is installed on this machine already."
  exit 0
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$deb" </dev/null >/dev/null
trap 'rm -rf "$unpacked"; dpkg --purge "$package" >/dev/null 2>&1' EXIT
starts /usr/bin/switchboard deb
desktop_entry=$(dpkg -L "$package" | grep '\.desktop$') || fail "the deb brings no entry for the menu"
grep -q '^Exec=switchboard' "$desktop_entry" || fail "$desktop_entry does not start the program"
dpkg --purge "$package" >/dev/null
[ ! -e /usr/bin/switchboard ] || fail "removing the deb leaves its program behind"
say "The deb installs, its program starts, and it can be removed."
