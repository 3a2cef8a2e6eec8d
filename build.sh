#!/usr/bin/env bash
# Builds, serves, tests and measures the Raft Playground. `./build.sh help` lists the commands.
# tools/install.sh has the versions of all tools and installs what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'EOF'
usage: ./build.sh COMMAND

  serve [port]     build the page and serve it on http://127.0.0.1:8080/
  build            build the page: the wasm packages into www/pkg/, the page's few files into dist/
  test [STAGE...]  run every check and test, or only these stages (order of a full run):
                     fmt clippy clippy-wasm doc native wasm-firefox wasm-chrome wasm-node
                     build sizes tsc eslint prettier unit e2e
  bench            measure events per second, natively and as wasm, states explored beside Stateright, what walking back
                   costs, the Raft core beside TiKV's, and the script time of a frame
  setup            only install what the tests need
  env              print export lines for a shell: eval "$(./build.sh env)"; wasm-pack test --headless --firefox
  help             this text

Each command installs what it needs and lacks: cargo's tools into ~/.cache/raft-playground, npm's packages into
node_modules/, the browsers (only for the tests) with apt-get. It needs rustup's Rust and Node 20 or later.
EOF
}

say() { printf '\n== %s\n' "$*"; }
note() { printf -- '-- %s\n' "$*" >&2; }
die() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

# shellcheck source=tools/install.sh
. tools/install.sh

TARGET_DIR=${CARGO_TARGET_DIR:-target}
readonly TARGET_DIR
readonly LOGS=target/test-logs
readonly STAGES=(fmt clippy clippy-wasm doc native wasm-firefox wasm-chrome wasm-node
  build sizes tsc eslint prettier unit e2e)

# ---------------------------------------------------------------------------------------------- building

# wasm_package TARGET FOLDER: wasm-bindgen's package for `web` or `nodejs`, optimised, its files named as the folder.
# Skipped when FOLDER was made from the same bytes by the same tools.
wasm_package() {
  local kind=$1 folder=$2 name=${2##*/} wasm=$TARGET_DIR/$WASM_TARGET/wasm/raft_playground.wasm stamp fresh
  # No flags for wasm features: wasm-opt reads which ones rustc used from the file (profile.release.strip).
  # Functions in the order of their names: neighbours are alike, which gzip makes use of. What comes when it is wanted does
  # what takes long (exploring, judging): there a tenth of the speed is worth a seventh of the size.
  local optimise=(-Oz --one-caller-inline-max-function-size=0 --reorder-functions-by-name)
  [ "$name" = raft ] || optimise=(-O3)
  stamp="$(sha256sum <"$wasm" | cut -c 1-32) wasm-bindgen $WASM_BINDGEN_VERSION $(wasm-opt --version) ${optimise[*]} $kind"
  if [ ! -f "$folder/.made-from" ] || [ "$(<"$folder/.made-from")" != "$stamp" ]; then
    note "wasm-bindgen --target $kind, wasm-opt ${optimise[0]} -> $folder"
    fresh=$(mktemp -d target/pkg-XXXXXX)
    wasm-bindgen --target "$kind" --out-dir "$fresh" --out-name "$name" "$wasm"
    wasm-opt "${optimise[@]}" "$fresh/${name}_bg.wasm" -o "$fresh/${name}_bg.wasm"
    # The package for Node is CommonJS, and package.json of the project says that a .js file is not.
    [ "$kind" != nodejs ] || echo '{ "type": "commonjs" }' >"$fresh/package.json"
    printf '%s\n' "$stamp" >"$fresh/.made-from"
    chmod 755 "$fresh"
    rm -rf "$folder"
    mkdir -p "$(dirname "$folder")"
    mv "$fresh" "$folder"
  fi
}

build_wasm() { # build_wasm TARGET FOLDER [FLAG...], flags for cargo
  need_wasm_target
  need_wasm_bindgen
  need_npm serve
  mkdir -p target
  note "cargo build --profile wasm --target $WASM_TARGET ${*:3}"
  cargo build --locked --profile wasm --lib --target "$WASM_TARGET" "${@:3}"
  wasm_package "$1" "$2"
}

build() {
  # Two builds at once would remove each other's folders; the second one waits.
  mkdir -p target
  if command -v flock >/dev/null; then
    exec 9>target/.build-lock
    flock 9
  fi
  # What the page loads first, and what it loads when another protocol than Raft is wanted: see the features in Cargo.toml.
  build_wasm web www/pkg/raft --no-default-features
  build_wasm web www/pkg/all_protocols
  local wasm
  for wasm in www/pkg/*/*.wasm; do
    printf '%s: %s bytes, %s with gzip\n' "$wasm" "$(wc -c <"$wasm")" "$(gzip -9 <"$wasm" | wc -c)"
  done
  note "tools/bundle.mjs: www/ -> dist/"
  node tools/bundle.mjs www dist
  exec 9>&-
}

# ---------------------------------------------------------------------------------------------- browsers

# guard SECONDS COMMAND...: runs it with a time limit and in a PID namespace of its own, so that no browser
# outlives it, not even a hung one. Where namespaces are not permitted only the time limit remains.
guard() {
  local limit=$1 own=()
  shift
  [ "$(id -u)" = 0 ] || own=(--user --map-current-user)
  own=(unshare "${own[@]}" --pid --fork --kill-child --mount-proc)
  if "${own[@]}" true 2>/dev/null; then
    "${own[@]}" timeout --foreground --kill-after=10 "$limit" "$@"
  else
    timeout --kill-after=10 "$limit" "$@"
  fi
}

# wasm_tests SECONDS ARGS...: `wasm-pack test`, compiled before the clock of the time limit starts.
wasm_tests() {
  need_wasm_pack
  cargo build --locked --tests --target "$WASM_TARGET"
  WASM_BINDGEN_TEST_TIMEOUT=120 guard "$1" wasm-pack test "${@:2}" -- --locked
}

# ---------------------------------------------------------------------------------------------- stages of test

stage_fmt() {
  need_component fmt rustfmt
  cargo fmt --check
}
stage_clippy() {
  need_component clippy clippy
  cargo clippy --locked --all-targets -- -D warnings
}
stage_clippy-wasm() {
  need_component clippy clippy
  need_wasm_target
  cargo clippy --locked --lib --tests --target "$WASM_TARGET" -- -D warnings
  # What the page loads first, and the whole library for who wants Raft alone.
  cargo clippy --locked --lib --target "$WASM_TARGET" --no-default-features -- -D warnings
  cargo clippy --locked --lib --no-default-features -- -D warnings
}
stage_doc() {
  need_wasm_target
  RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --lib --document-private-items
  RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --lib --document-private-items --target "$WASM_TARGET"
}
stage_native() { cargo test --locked; }
stage_wasm-firefox() {
  need_browsers
  need_geckodriver
  wasm_tests 400 --headless --firefox
}
stage_wasm-chrome() {
  need_browsers
  wasm_tests 400 --headless --chrome
}
stage_wasm-node() {
  need_node
  wasm_tests 300 --node
}
stage_build() { build; }
stage_sizes() {
  [ -f dist/index.html ] || build
  node tools/sizes.mjs dist
}
stage_tsc() {
  need_npm all
  [ -f www/pkg/all_protocols/all_protocols.d.ts ] || build
  tsc -p tsconfig.json
  tsc -p tsconfig.tools.json
}
stage_eslint() {
  need_npm all
  eslint --max-warnings 0 .
}
stage_prettier() {
  need_npm all
  prettier --check '**/*.{js,mjs,ts,css,html,json}'
}
stage_unit() {
  need_node
  [ -f www/pkg/all_protocols/all_protocols.js ] || build
  # Names, not the folder: Node 20 and 22 disagree on what `node --test FOLDER` means.
  local tests=(www/test/*.test.js)
  [ -f "${tests[0]}" ] || die "There is no www/test/*.test.js."
  node --test --test-reporter=spec "${tests[@]}"
}
stage_e2e() {
  need_npm all
  need_browsers
  [ -f dist/index.html ] || build
  guard 900 playwright test
}

# count STAGE: "PASSED FAILED" read from the stage's log; nothing for a stage that checks without tests.
count() {
  local log=$LOGS/$1.log
  case $1 in
  native | wasm-*)
    sed -n 's/^test result: .* \([0-9]*\) passed; \([0-9]*\) failed.*/\1 \2/p' "$log" |
      awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }'
    ;;
  unit) awk '/^[^ ]+ pass [0-9]+$/ { p = $3 } /^[^ ]+ (fail|cancelled) [0-9]+$/ { f += $3 } END { print p + 0, f + 0 }' "$log" ;;
  e2e) awk '/^  [0-9]+ passed/ { p = $1 } /^  [0-9]+ (failed|flaky|interrupted|did not run)/ { f += $1 } END { print p + 0, f + 0 }' "$log" ;;
  esac
}

report() { # the table so far, then the total alone on the last line
  local row passed=0 failed=0 p f
  printf '\n%-14s %8s %8s %8s\n' suite passed failed seconds
  for row in "${ROWS[@]}"; do
    # shellcheck disable=SC2086 # four words
    set -- $row
    printf '%-14s %8s %8s %8s\n' "$1" "$2" "$3" "$4"
    p=${2/-/0} f=${3/-/0}
    passed=$((passed + p)) failed=$((failed + f))
  done
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
}

run_tests() {
  local stage known start rc counts passed failed problem begun=$SECONDS
  for stage in "$@"; do
    known=" ${STAGES[*]} "
    [[ $known == *" $stage "* ]] || unknown "$stage is not a stage of test"
  done
  if [ $# = 0 ]; then
    set -- "${STAGES[@]}"
    need_everything
    note "everything is installed, after $((SECONDS - begun)) s"
  fi
  mkdir -p "$LOGS"
  ROWS=()
  for stage in "$@"; do
    say "$stage"
    start=$SECONDS rc=0 problem=''
    # A shell of its own, because `set -e` does not hold inside a function that is tested with || or if.
    bash "${BASH_SOURCE[0]}" --stage "$stage" 2>&1 | tee "$LOGS/$stage.log" || rc=${PIPESTATUS[0]}
    counts=$(count "$stage")
    read -r passed failed <<<"${counts:-- -}"
    ROWS+=("$stage $passed $failed $((SECONDS - start))")
    if [ "$rc" = 124 ]; then
      problem="ran into its time limit"
    elif [ "$rc" != 0 ]; then
      problem="failed (exit status $rc)"
    elif [ "$passed" = 0 ]; then
      problem="ran no tests at all, which counts as a failure"
    elif [ "$failed" != 0 ] && [ "$failed" != - ]; then
      problem="has $failed failed tests"
    fi
    if [ -n "$problem" ]; then
      printf '\nbuild.sh: the stage "%s" %s; its output is above, and alone it runs with: ./build.sh test %s\n' \
        "$stage" "$problem" "$stage" >&2
      report
      exit 1
    fi
    printf '== %s: ok, %d s\n' "$stage" $((SECONDS - start))
  done
  note "all stages passed in $((SECONDS - begun)) s"
  report
}

# ---------------------------------------------------------------------------------------------- commands

unknown() {
  printf 'build.sh: %s; ./build.sh help lists what there is.\n' "$*" >&2
  exit 2
}

command=${1:-help}
[ $# = 0 ] || shift
case $command in
help | -h | --help) usage ;;
build)
  [ $# = 0 ] || unknown "build takes no arguments"
  build
  ;;
serve)
  [ $# -le 1 ] || unknown "serve takes one argument, the port"
  [[ ${1:-8080} =~ ^[0-9]{1,5}$ ]] || unknown "\"$1\" is not a port"
  build
  exec node tools/serve.mjs dist "${1:-8080}"
  ;;
test) run_tests "$@" ;;
--stage) "stage_$1" ;;
bench)
  [ $# = 0 ] || unknown "bench takes no arguments"
  say "native"
  cargo bench --locked --bench events
  cargo bench --locked --bench explore
  cargo bench --locked --bench linearizability
  cargo bench --locked --bench travel
  cargo bench --locked --bench peer
  say "wasm, in turn with native"
  build_wasm nodejs target/bench-pkg/raft --no-default-features
  node benches/wasm.mjs events target/bench-pkg/raft
  build_wasm nodejs target/bench-pkg/all_protocols
  node benches/wasm.mjs explore target/bench-pkg/all_protocols
  say "frames, in Chromium"
  need_npm all
  need_browsers
  build
  guard 300 node benches/frame.mjs dist
  guard 300 node benches/seek.mjs dist
  guard 300 node benches/seek.mjs dist firefox
  ;;
setup)
  [ $# = 0 ] || unknown "setup takes no arguments"
  need_everything
  note "everything is installed, after $SECONDS s"
  ;;
env)
  # shellcheck disable=SC2016 # the shell that evaluates this line is to expand it
  printf 'export PATH=%q:"$PATH"\n' "$TOOLS_PATH"
  printf 'export HOME=%q CARGO_HOME=%q RUSTUP_HOME=%q\n' "$HOME" "$CARGO_HOME" "$RUSTUP_HOME"
  ;;
*) unknown "\"$command\" is not a command" ;;
esac
