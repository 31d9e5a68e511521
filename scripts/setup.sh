#!/usr/bin/env bash
# Brings a machine to where Switchboard can be run (`setup.sh run`), bundled (`bundle`), tested (`test`) or measured
# (`bench`: what tests need, and the programs it is measured against).
# Does only what is missing and says nothing about what is there.
source "$(dirname "$0")/lib.sh"

purpose=${1:-run}
baselines=no
if [ "$purpose" = bench ]; then
  purpose=test
  baselines=yes
fi
# The oldest Rust that the workspace builds with: `rust-version` in Cargo.toml.
rust_needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
node_needed=20.19
# What the foreign client of tests/interop needs.
python_needed=3.10

# perl in full is for the vendored OpenSSL below SQLCipher; Debian's perl-base is too small for it.
run_packages=(build-essential ca-certificates curl file libayatana-appindicator3-dev librsvg2-dev libssl-dev
  libwebkit2gtk-4.1-dev libxdo-dev perl pkg-config)
bundle_packages=(cpio rpm)
# A screen, a session with a keychain, a window manager, and what looks at the window and types into it; the servers that
# the relay is tested with (NATS for its second log, pebble for certificates).
test_packages=(at-spi2-core dbus dbus-x11 fonts-noto-color-emoji fonts-noto-core gnome-keyring imagemagick
  libsecret-tools nats-server openbox pebble webkit2gtk-driver xclip xdotool xvfb)

case "$purpose" in
  run) packages=("${run_packages[@]}") ;;
  bundle) packages=("${run_packages[@]}" "${bundle_packages[@]}") ;;
  test) packages=("${run_packages[@]}" "${test_packages[@]}") ;;
  *) fail "setup.sh knows run, bundle, test and bench, not '$purpose'." ;;
esac
# The load for the relay.
[ "$baselines" = no ] || packages+=(wrk)

node_is_new_enough() { has node && has npm && at_least "$(node --version | tr -d v)" "$node_needed"; }
python_is_new_enough() {
  has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null &&
    at_least "$(python3 -c 'import platform; print(platform.python_version())')" "$python_needed"
}
rust_is_new_enough() { has cargo && at_least "$(rustc --version | cut -d ' ' -f 2)" "$rust_needed"; }

what_to_install() {
  say "  - a C compiler, make, perl, pkg-config, curl"
  say "  - development files of WebKitGTK 4.1, Ayatana AppIndicator 3, librsvg 2, libxdo, OpenSSL"
  say "    (Debian calls all of this: ${packages[*]})"
  say "  - Rust $rust_needed or newer with clippy and rustfmt (rustup installs it)"
  say "  - Node.js $node_needed or newer with npm"
  if [ "$purpose" = test ]; then
    say "  - Python $python_needed or newer with venv"
    say "  - WebKitWebDriver, Xvfb, dbus, gnome-keyring, openbox, xdotool, xclip, ImageMagick, Noto fonts"
    say "  - nats-server and pebble; without them the relay's tests on those say SKIPPED"
  fi
}

system_packages() {
  if ! has dpkg-query; then
    # Other systems name their packages differently: what can be checked is, the rest is left to the build.
    if has cc && has perl && has pkg-config && pkg-config --exists webkit2gtk-4.1 librsvg-2.0 openssl &&
      node_is_new_enough && { [ "$purpose" != test ] || { has Xvfb && has WebKitWebDriver && has xdotool && python_is_new_enough; }; }; then
      return 0
    fi
    say "This system has no apt, so nothing was installed. Please install the following, then run the same command again:"
    what_to_install
    exit 1
  fi
  local missing=() package
  for package in "${packages[@]}"; do
    if [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | cut -c 1-2)" != ii ]; then
      missing+=("$package")
    fi
  done
  if ! has node; then
    missing+=(nodejs npm)
  fi
  if [ "$purpose" = test ] && ! python_is_new_enough; then
    missing+=(python3 python3-venv)
  fi
  if [ ${#missing[@]} -eq 0 ]; then
    return 0
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || fail "These packages are missing and there is no sudo to install them with; as root, run: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing with apt: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    fail "apt could not install: ${missing[*]}. Its own words are above."
  fi
  rm -f "$log"
}

node_js() {
  node_is_new_enough && return 0
  fail "Node.js $node_needed or newer is needed; this machine has $(node --version 2>/dev/null || echo none). Install it from nodejs.org or your system's backports, then run the same command again."
}

rust() {
  if rust_is_new_enough; then
    return 0
  fi
  if has cargo && ! has rustup; then
    fail "Rust $rust_needed or newer is needed; this machine has $(rustc --version). Update it the way it was installed, or remove it and run the same command again to get it by rustup."
  fi
  if has rustup; then
    say "Updating Rust by rustup ($rust_needed or newer is needed)"
    rustup update stable --no-self-update && rustup default stable
  else
    say "Installing Rust by rustup"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
      sh -s -- -y --no-modify-path --profile minimal --component clippy --component rustfmt
    PATH="$HOME/.cargo/bin:$PATH"
  fi
  rust_is_new_enough || fail "Rust $rust_needed or newer is still missing. Install it by rustup, then run the same command again."
}

# A program from crates.io, compiled here, into cargo's own folder.
cargo_program() {
  local program=$1
  shift
  if has "$program"; then
    return 0
  fi
  say "Compiling $program"
  CARGO_TARGET_DIR="$target/tools" cargo install --quiet --locked "$@"
}

# Installed again only when the lock file is not the one that was installed.
npm_packages() {
  local folder=$1
  if cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"; then
    return 0
  fi
  say "Installing npm packages in $folder"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
  cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"
}

# An environment of its own for one folder's requirements, made again only when they are not the installed ones.
python_packages() {
  local requirements=$1/requirements.txt environment=$2
  if cmp -s "$requirements" "$environment/.installed-requirements.txt" && "$environment/bin/python" -c '' 2>/dev/null; then
    return 0
  fi
  python_is_new_enough ||
    fail "Python $python_needed or newer with venv is needed; this machine has $(python3 --version 2>/dev/null || echo none). Install it, then run the same command again."
  say "Installing Python packages for $1"
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    -r "$requirements"
  cp "$requirements" "$environment/.installed-requirements.txt"
}

system_packages
node_js
rust
npm_packages ui
if [ "$purpose" = test ]; then
  for component in clippy fmt; do
    has "cargo-$component" || rustup component add "${component/#fmt/rustfmt}"
  done
  cargo_program cargo-nextest cargo-nextest
  cargo_program tauri-driver tauri-driver --version '^2'
  npm_packages tests/e2e
  python_packages tests/interop "$target/interop-venv"
fi
if [ "$baselines" = yes ]; then
  npm_packages crates/bench/baselines/express-receiver
  npm_packages crates/bench/baselines/kapso-sender
  python_packages crates/bench/baselines/pywa-sender "$target/baseline-venv"
fi
