#!/usr/bin/env bash
# The unit tests with other Pythons, each in an environment of its own that is thrown away:
# scripts/other_pythons.sh 3.10 3.13 (see `make test-all`)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
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

turn=0
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
  # What speaks of hostile data and refusing disks, not of Python, runs once, in `make test-all`.
  # Of the rest each Python runs another sixth, if a seed says which (SEED=7).
  echo "Python $version, unit tests:"
  part=${SEED:+$(( (SEED + turn++) % 6 ))/6}
  TALASH_PART="$part" "$own/bin/python" -m pytest tests/unit -q -p no:cacheprovider -n auto --maxprocesses 8 --dist worksteal \
    -m "not long" --ignore-glob="*/test_*hostile*.py" --ignore=tests/unit/test_build_failures.py
done
