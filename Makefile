# Every command works from a clean clone. PYTHON names the interpreter: make run PYTHON=python3.13
#
# Everything is installed into .venv, never beside other packages: PyPI's web.py also owns the
# name `web`, and two owners of a name in one environment break each other.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
# pip asks where it is configured to ask; CI names uv, which is quicker.
INSTALL := $(PIP) install -qq
SEEDS_BUILT := data/built-from-seeds
PYTEST := $(BIN)/python -m pytest
# One more than there are cores, as some tests wait for a browser or a clock.
PARALLEL := -n $(shell $(PYTHON) -c 'import os; print(min(8, 1 + (os.cpu_count() or 1)))') --dist worksteal
# What is compiled is kept, whatever the shell says: tests start a hundred processes.
export PYTHONDONTWRITEBYTECODE :=
ifndef SEED
SEED := $(shell date +%y%j%H%M)
endif
SHORTLY = -m "not long or smoke"
RANDOM_INPUTS := --hypothesis-profile=$(if $(SHORT),random,long) --hypothesis-seed=$(SEED)
PYTHONS ?= 3.10 3.13
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.10 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run test test-all lint docs messages fonts screenshots bench lock clean dev chromium

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## install, index the sample archive, serve it on 127.0.0.1 (PORT=8000)
	@if [ ! -e data/CURRENT ] || { cmp -s data/CURRENT $(SEEDS_BUILT) \
	  && [ -n "$$(find seeds index -newer $(SEEDS_BUILT) ! -name '*.pyc' ! -name __pycache__)" ]; }; \
	then \
	  echo "Indexing the sample archive seeds/ into data/ (half a minute) ..."; \
	  $(BIN)/talash index rebuild seeds --data data && cp data/CURRENT $(SEEDS_BUILT); \
	fi
	@exec $(BIN)/talash serve --data data --port $(PORT)

test: dev chromium lint ## check style and types, run the fast tests and some of each kind (ARGS='-k query')
	$(PYTEST) $(PARALLEL) $(SHORTLY) $(INPUTS) $(ARGS)

test-all: INPUTS = $(RANDOM_INPUTS)
test-all: SHORTLY =
test-all: test ## run every test, with random inputs (SEED=7), and other Pythons; SHORT=1 takes less
	@echo "The seed is $(SEED): make test-all SEED=$(SEED)$(if $(SHORT), SHORT=1)"
	SEED=$(if $(SHORT),$(SEED)) scripts/other_pythons.sh $(PYTHONS)

lint: dev ## check style, types and imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports --no-cache --no-logo

docs: dev ## write docs/cli-reference.md from --help, and the examples from the product
	$(BIN)/python -I tests/unit/test_docs.py > docs/cli-reference.tmp
	mv docs/cli-reference.tmp docs/cli-reference.md
	$(BIN)/python scripts/api_examples.py
	$(BIN)/python scripts/query_examples.py

messages: dev ## compile the words of the interface
	$(BIN)/pybabel -q compile --directory web/translations

fonts: dev ## fetch the Urdu fonts again and check them (needs npm)
	$(BIN)/python scripts/fonts.py

screenshots: dev chromium ## take the pictures in docs/screenshots/ again
	$(BIN)/python scripts/screenshots.py

bench: $(VENV)/.run ## measure speed and quality on a test set: make bench SET=DIR
	@[ -f "$(SET)/qrels.jsonl" ] || { echo "Name a test set: make bench SET=DIR (see CONTRIBUTING.md)"; exit 2; }
	$(BIN)/python benchmarks/search_speed.py --data data/bench \
	  --documents $(SET)/documents.jsonl --queries $(SET)/queries.jsonl
	$(BIN)/talash eval $(SET)

lock: dev ## pin the newest versions that fit pyproject.toml
	$(INSTALL) uv
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove the environment and caches; the index in data/ stays
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

dev: $(VENV)/.dev

# The environment, in two layers: what Talash runs with, then what its tests need beside.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Talash needs Python 3.10 or newer; name one: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing into $(VENV)/ (once, a few minutes) ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the test tools into $(VENV)/ ..."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

chromium:
	@if command -v "$${TALASH_CHROMIUM:-chromium}" > /dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	  echo "Installing Chromium and fonts for the browser tests ..."; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
	    --no-install-recommends chromium chromium-headless-shell fonts-noto-core > /dev/null; \
	else \
	  echo "No Chromium here, so the browser tests will be skipped (TALASH_CHROMIUM may name one)."; \
	fi
