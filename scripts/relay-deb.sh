#!/usr/bin/env bash
# Makes the Debian package of the relay: target/debian/switchboard-relay_VERSION_ARCH.deb. Give a built program as the
# first argument to package that one.
source "$(dirname "$0")/lib.sh"

program=${1:-}
if [ -z "$program" ]; then
  cargo build --release --package switchboard-relay --bin switchboard-relay
  program=$target/release/switchboard-relay
fi
[ -x "$program" ] || fail "$program is no program; build the relay first."
version=$("$program" --version | awk '{print $2}')
arch=$(dpkg --print-architecture)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
chmod 0755 "$stage"

install -D -m 0755 "$program" "$stage/usr/bin/switchboard-relay"
install -D -m 0644 packaging/relay/switchboard-relay.service "$stage/lib/systemd/system/switchboard-relay.service"
install -D -m 0644 docs/relay.md "$stage/usr/share/doc/switchboard-relay/relay.md"
install -D -m 0644 docs/relay-format.md "$stage/usr/share/doc/switchboard-relay/relay-format.md"
install -D -m 0644 LICENSE "$stage/usr/share/doc/switchboard-relay/copyright"
for script in postinst prerm postrm; do
  install -D -m 0755 "packaging/relay/$script" "$stage/DEBIAN/$script"
done
# The packages of the libraries that the program really links.
depends=$(ldd "$program" | awk '$3 ~ /^\// {print $3}' | while read -r library; do
  # Debian's merged /usr: the package may know the file by either name.
  dpkg -S "$library" 2>/dev/null || dpkg -S "/usr$library" 2>/dev/null || dpkg -S "${library#/usr}" 2>/dev/null || true
done | cut -d: -f1 | sort -u | paste -sd, - | sed 's/,/, /g')
cat >"$stage/DEBIAN/control" <<CONTROL
Package: switchboard-relay
Version: $version
Architecture: $arch
Maintainer: Switchboard <relay@switchboard.example>
Depends: ${depends:-libc6}, passwd
Section: net
Priority: optional
Description: Keeps WhatsApp webhooks durably and hands them to Switchboard consoles
 Receives a business's webhooks while its consoles sleep, seals them for the
 paired consoles, answers only when they are on the disk, and hands them on in
 order.
CONTROL
mkdir -p "$target/debian"
package=$target/debian/switchboard-relay_${version}_$arch.deb
dpkg-deb --build --root-owner-group "$stage" "$package" >/dev/null
echo "$package"
