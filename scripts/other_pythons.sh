#!/usr/bin/env bash
# The unit tests with other Pythons, each in an environment of its own that is thrown away:
# scripts/other_pythons.sh 3.10 3.13 (see `make test-all`)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch="$(mktemp -d)"
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$scratch"' EXIT
.venv/bin/python -m pip install -qq uv # fills environments in seconds instead of minutes

# The path of Python $1, if this machine has it, on PATH or among pyenv's.
find_python() {
  local found
  for found in "$(command -v "python$1" || true)" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
    if [ -x "$found" ] && "$found" -c "import sys; sys.exit(sys.version_info[:2] != (${1/./, }))" 2> /dev/null; then
      echo "$found"
      return
    fi
  done
}

# What speaks of hostile data and refusing disks, not of Python, runs once, in `make test-all`. Of the rest
# each Python runs one sixth, if a seed says which (SEED=7): in one process, as each compiles what it imports.
run_tests() {
  local part=$2 processes=auto
  [ -z "$part" ] || processes=0
  exec env TALASH_PART="$part" "$scratch/$1/bin/python" -m pytest tests/unit -q -p no:cacheprovider \
    -n "$processes" --maxprocesses 8 --dist worksteal \
    -m "not long" --ignore-glob="*/test_*hostile*.py" --ignore=tests/unit/test_build_failures.py
}

turn=0
running=""
for version in "$@"; do
  python="$(find_python "$version")"
  if [ -z "$python" ]; then
    echo "There is no Python $version here: its unit tests are left out."
    continue
  fi
  own="$scratch/$version"
  .venv/bin/uv venv -q -p "$python" "$own"
  .venv/bin/uv pip install -q -p "$own/bin/python" --require-hashes -r requirements.lock -r requirements-dev.lock
  .venv/bin/uv pip install -q -p "$own/bin/python" --no-deps --no-build-isolation -e .
  run_tests "$version" "${SEED:+$(( (SEED + turn) % 6 ))/6}" > "$own.log" 2>&1 &
  running="$running $version:$!"
  turn=$((turn + 1))
done

failed=0
for each in $running; do
  wait "${each#*:}" || failed=1
  echo "Python ${each%:*}, unit tests:"
  cat "$scratch/${each%:*}.log"
done
exit "$failed"
