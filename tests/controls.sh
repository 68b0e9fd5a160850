#!/usr/bin/env bash
# Negative controls of what no switch of the product turns off: each patch in tests/controls brings one old fault back,
# behind an environment variable, and the tests it names must then fail. `tests/controls.sh [NAME…]`.
set -euo pipefail
cd "$(dirname "$0")/.."
project=$PWD
copy=$project/target/controls/source
export CARGO_TARGET_DIR=$project/target/controls/target CARGO_TERM_COLOR=never

rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z | xargs -0 cp --parents --preserve=timestamps -t "$copy"
cd "$copy"
names=()
for patch in tests/controls/*.patch; do
  # As outside of any repository: one that is around it would swallow the patch.
  GIT_CEILING_DIRECTORIES=$(dirname "$copy") git apply "$patch" || { echo "$patch no longer fits: its lines have changed" >&2; exit 1; }
  names+=("$(basename "$patch" .patch)")
done
[ $# -eq 0 ] || names=("$@")
selection=(--locked --workspace --exclude client-mobile)
cargo build "${selection[@]}"

unnoticed=0
for name in "${names[@]}"; do
  mapfile -t tests < <(sed -n 's/^Fails: //p' "tests/controls/$name.patch")
  for test in "${tests[@]}"; do
    run=(cargo nextest run "${selection[@]}" --config-file tests/controls/nextest.toml -E "test(/(^|::)$test\$/)")
    "${run[@]}" >"$CARGO_TARGET_DIR/before" 2>&1 || { echo "$name: $test fails without it" >&2; cat "$CARGO_TARGET_DIR/before"; exit 1; }
    # The run's own exit code says that something failed; here every test of the name must.
    CONTROL=$name "${run[@]}" >"$CARGO_TARGET_DIR/with" 2>&1 || true
    if grep -q '^ *PASS ' "$CARGO_TARGET_DIR/with" || ! grep -qE '^ *(FAIL|TIMEOUT) ' "$CARGO_TARGET_DIR/with"; then
      echo "not noticed: $name by $test"
      unnoticed=$((unnoticed + 1))
    else
      echo "noticed: $name by $test"
    fi
  done
done
[ "$unnoticed" -eq 0 ]
