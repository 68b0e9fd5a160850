#!/usr/bin/env bash
# Builds the apps' screens into target/ui/dist, the folder that the shells embed. Run it before building
# client-desktop or client-mobile, from anywhere.
#
# Where rustup has the wasm target, that compiles. Elsewhere Debian's rustc-web and rust-web-src do, with the
# ordinary cargo building the standard library; they are installed where they are missing (as root).
set -euo pipefail
cd "$(dirname "$0")/.."
triple=wasm32-unknown-unknown
# A target folder of its own: the native build has other features and another lock.
target=$PWD/target/ui
dist=$target/dist
build=(build --locked --profile ui -p client-ui --bin client-web --features web --target "$triple")

has_std() {
  compgen -G "$(rustc --print target-libdir --target "$triple" 2>/dev/null)/libstd-*.rlib" >/dev/null
}

debian_has_what_it_takes() {
  [ -x /usr/bin/rustc ] &&
    [ -e "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ] &&
    compgen -G '/usr/lib/llvm-*/bin/wasm-ld' >/dev/null
}

install_debian_compiler() {
  apt-get -o DPkg::Lock::Timeout=600 update -qq
  local linker
  linker=$(apt-cache search --names-only '^lld-[0-9]+$' | awk '{print $1}' | sort -V | tail -1)
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends \
    rustc-web rust-web-src "$linker"
}

if has_std; then
  CARGO_TARGET_DIR=$target cargo "${build[@]}"
else
  debian_has_what_it_takes || install_debian_compiler
  linker=$(compgen -G '/usr/lib/llvm-*/bin/wasm-ld' | sort -V | tail -1)
  RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$target \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$linker cargo "${build[@]}" -Zbuild-std=std,panic_abort
fi

# The folder is replaced whole, so that nothing of an earlier build stays in the app.
rm -rf "$dist.new"
mkdir -p "$dist.new/css" "$dist.new/fonts"
cargo run --locked -q -p client-ui --features bundle --bin bundle -- "$target/$triple/ui/client-web.wasm" "$dist.new"
cp client-ui/static/{index.html,boot.js,mark.svg} "$dist.new/"
cp client-ui/static/client.css server/static/css/tokens.css "$dist.new/css/"
cp server/static/fonts/*.woff2 server/static/fonts/OFL.txt "$dist.new/fonts/"
rm -rf "$dist"
mv "$dist.new" "$dist"
