# shellcheck shell=bash
# What build.sh installs, and the versions. Sourced by build.sh; each need_* function returns at once when the
# thing is there, installs it when not, and stops with one sentence when it cannot be had.

readonly WASM_TARGET=wasm32-unknown-unknown
readonly WASM_PACK_VERSION=0.15.1
readonly GECKODRIVER_VERSION=0.37.1
# Playwright 1.61.1 (package.json) drives Firefox through WebDriver BiDi and needs at least this one.
readonly FIREFOX_AT_LEAST=153
readonly NODE_AT_LEAST=20
# The library's version; the command line must be exactly that one.
WASM_BINDGEN_VERSION=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"/\1/p;}' Cargo.lock)
readonly WASM_BINDGEN_VERSION

# Cargo's tools live outside the clone and with their version in the path: a fresh clone need not build them
# again, and nothing that the user has installed himself is touched.
readonly CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/raft-playground
TOOLS_PATH=$CACHE/wasm-bindgen-$WASM_BINDGEN_VERSION/bin:$CACHE/wasm-pack-$WASM_PACK_VERSION/bin
TOOLS_PATH=$TOOLS_PATH:$CACHE/geckodriver-$GECKODRIVER_VERSION/bin:$PWD/node_modules/.bin
readonly TOOLS_PATH
export PATH=$TOOLS_PATH:$PATH
export CARGO_NET_RETRY=3
# Firefox as root refuses to start when HOME belongs to somebody else (as under sudo), so HOME becomes one's own;
# Rust is still found where it was.
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
[ -O "$HOME" ] || HOME=$(getent passwd "$(id -u)" | cut -d : -f 6)
# The browsers come from the distribution.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

# For what does not try again by itself, as npm and cargo do.
retry() {
  local attempt
  for attempt in 1 2 3; do
    "$@" && return 0
    [ "$attempt" = 3 ] || sleep $((attempt * 5))
  done
  return 1
}

# installing WHAT COMMAND...: says what is being installed, runs it quietly, says how long it took.
installing() {
  local what=$1 start=$SECONDS log
  shift
  log=$(mktemp)
  note "installing $what"
  if ! "$@" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  note "installed $what in $((SECONDS - start)) s"
}

need_rust() {
  command -v cargo >/dev/null || die "Rust is missing: install it from https://rustup.rs and run this again."
}

need_component() { # need_component COMMAND COMPONENT
  need_rust
  cargo "$1" --version >/dev/null 2>&1 && return
  command -v rustup >/dev/null || die "cargo $1 is missing and there is no rustup to add it with."
  installing "Rust's $2" retry rustup component add "$2" || die "rustup could not add the component $2."
}

need_wasm_target() {
  need_rust
  [ -d "$(rustc --print sysroot)/lib/rustlib/$WASM_TARGET/lib" ] && return
  command -v rustup >/dev/null || die "Rust's target $WASM_TARGET is missing and there is no rustup to add it with."
  installing "Rust's target $WASM_TARGET" retry rustup target add "$WASM_TARGET" ||
    die "rustup could not add the target $WASM_TARGET: is its server reachable?"
}

# has COMMAND VERSION
has() { [[ " $("$1" --version 2>/dev/null | head -n 1) " == *" $2 "* ]]; }

# need_tool COMMAND VERSION NAME CARGO-INSTALL-ARGS...
# One at a time among all clones on this machine, because they share $CACHE.
need_tool() {
  need_rust
  has "$1" "$2" && return
  mkdir -p "$CACHE"
  (
    if command -v flock >/dev/null; then flock 8; fi
    install_tool "$@"
  ) 8>"$CACHE/$3.lock"
}

# Unoptimised builds: they take half the time, and what these tools do is quick anyway.
install_tool() {
  local command=$1 version=$2 name=$3
  shift 3
  ! has "$command" "$version" || return 0 # another clone has done it meanwhile
  installing "$name $version (cargo builds it, once, in one to two minutes)" \
    env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
    cargo install --quiet --locked --debug --force --root "$CACHE/$name-$version" --target-dir "$CACHE/$name-build" "$@" ||
    die "cargo could not install $name $version: is crates.io reachable?"
  rm -rf "$CACHE/$name-build"
}

need_wasm_bindgen() {
  grep -q "^version = \"$WASM_BINDGEN_VERSION\"" tools/wasm-bindgen/Cargo.toml ||
    die "Cargo.lock has wasm-bindgen $WASM_BINDGEN_VERSION and tools/wasm-bindgen another version: make them equal."
  need_tool wasm-bindgen "$WASM_BINDGEN_VERSION" wasm-bindgen --path tools/wasm-bindgen
}

need_wasm_pack() {
  need_wasm_target
  need_wasm_bindgen
  need_tool wasm-pack "$WASM_PACK_VERSION" wasm-pack wasm-pack --version "$WASM_PACK_VERSION"
}

need_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    die "Node.js and npm are missing: install Node $NODE_AT_LEAST or later from https://nodejs.org and run this again."
  fi
  local major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  [ "$major" -ge "$NODE_AT_LEAST" ] || die "Node $(node --version) is too old: $NODE_AT_LEAST or later is needed."
}

# need_npm serve|all: the packages that the page is built with, or also those that test it.
need_npm() {
  need_node
  local want stamp=node_modules/.installed have='' omit=()
  want=$(sha256sum package-lock.json .npmrc | sha256sum | cut -c 1-16)
  [ -f "$stamp" ] && have=$(<"$stamp")
  [ "$have" = "$want all" ] && return
  [ "$have $1" = "$want serve serve" ] && return
  [ "$1" = serve ] && omit=(--omit=dev)
  installing "npm's packages (${1/serve/those that build the page})" npm ci "${omit[@]}" ||
    die "npm could not install the packages of package-lock.json: is its registry reachable?"
  echo "$want $1" >"$stamp"
}

# first COMMAND...: the path of the first that exists.
first() {
  local command
  for command in "$@"; do
    command -v "$command" && return
  done
  return 1
}

# Where the browsers are, for browsers.js; what the user has set stays.
find_browsers() {
  : "${FIREFOX_BIN:=$(first firefox-esr firefox || true)}" "${CHROMIUM_BIN:=$(first chromium chromium-browser google-chrome || true)}"
  export FIREFOX_BIN CHROMIUM_BIN
}

firefox_major() { "$FIREFOX_BIN" --version 2>/dev/null | sed -n 's/^Mozilla Firefox \([0-9]*\).*/\1/p'; }

# Firefox, Chromium with its driver, and a font so that text has the same width everywhere.
browsers_are_there() {
  local major
  find_browsers
  [ -n "$FIREFOX_BIN" ] && [ -n "$CHROMIUM_BIN" ] && command -v chromedriver >/dev/null || return 1
  major=$(firefox_major)
  [ "${major:-0}" -ge "$FIREFOX_AT_LEAST" ]
}

install_browsers() {
  local sudo=()
  command -v apt-get >/dev/null ||
    die "Firefox $FIREFOX_AT_LEAST or later, Chromium and chromedriver are needed, and there is no apt-get to install them with."
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      die "Firefox $FIREFOX_AT_LEAST or later, Chromium and chromedriver are needed: run this as root, or install sudo."
    sudo=(sudo)
  fi
  installing "the list of Debian's packages (apt-get update)" retry "${sudo[@]}" apt-get update -qq ||
    die "apt-get update failed: is the Debian registry reachable?"
  installing "Firefox ESR, Chromium, chromedriver and a font (apt-get)" retry "${sudo[@]}" \
    env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends firefox-esr chromium chromium-driver fonts-dejavu-core ||
    die "apt-get could not install firefox-esr, chromium and chromium-driver."
}

need_browsers() {
  browsers_are_there && return
  install_browsers
  browsers_are_there || die "Firefox $FIREFOX_AT_LEAST or later is needed, and apt-get has ${FIREFOX_BIN:+$("$FIREFOX_BIN" --version)}."
}

need_geckodriver() {
  need_tool geckodriver "$GECKODRIVER_VERSION" geckodriver geckodriver --version "$GECKODRIVER_VERSION"
}

# All that the tests need, side by side: apt and npm wait for the network while cargo compiles.
need_everything() {
  need_rust
  need_node
  local job jobs=()
  if ! browsers_are_there; then
    install_browsers &
    jobs+=($!)
  fi
  need_npm all &
  jobs+=($!)
  need_geckodriver &
  jobs+=($!)
  need_component fmt rustfmt
  need_component clippy clippy
  need_wasm_pack
  for job in "${jobs[@]}"; do
    wait "$job" || exit 1
  done
  need_browsers
}
