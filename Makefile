# `make` alone explains itself. Everything runs from .venv, which `install` makes from the lock.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --warn-undefined-variables

PYTHONS ?= python3.11 python3.12 python3.13 python3.14 python3
BIN := .venv/bin
INSTALLED := .venv/installed.stamp
ARGS ?=
KILLS ?= 15
SEEDS ?= 1000
SEED ?= 1
SERVICES ?=

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: $(INSTALLED) ## Make .venv with everything that the lock names, hashes checked

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || { \
	  for python in $(PYTHONS); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	    python=; \
	  done; \
	  test -n "$$python" || { echo "Python 3.11 or newer is needed, and none was found." >&2; exit 1; }; \
	  "$$python" -m venv .venv || \
	    { echo "Python's venv module is needed (Debian: the package python3-venv)." >&2; exit 1; }; \
	}
	@echo "Installing what requirements.lock names ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: $(INSTALLED) ## A town's weekend, end to end, with a summary a councillor could read
	@$(BIN)/onward demo $(ARGS)

.PHONY: up
up: $(INSTALLED) ## Run services, each its own process: make up SERVICES="ops mash_screening"
	@$(BIN)/onward up $(SERVICES)

.PHONY: check
check: $(INSTALLED) ## Format, lint, types, rooms, contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/onward contracts check

.PHONY: chromium
chromium: ## Chromium for the tests of the alert's page: the one on the PATH, else the distribution's
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  echo "Installing the distribution's chromium ..."; \
	  sudo=; test "$$(id -u)" = 0 || sudo="sudo -n"; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    $$sudo apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	} || echo "Chromium could not be installed: put one on the PATH, or the page's tests fail." >&2

.PHONY: test
test: $(INSTALLED) chromium ## Every test, against the real broker and database
	$(BIN)/pytest $(ARGS)

.PHONY: format
format: $(INSTALLED) ## Format the code and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: contracts
contracts: $(INSTALLED) ## Generate schemas, AsyncAPI and topic lists from the contracts
	$(BIN)/onward contracts generate

.PHONY: bench
bench: $(INSTALLED) ## A stage beside its peers and its limit, and the pipeline; writes tests/bench/RESULTS.md
	@$(BIN)/python -m tests.bench.bench_all $(ARGS)

.PHONY: bench-lanes
bench-lanes: $(INSTALLED) ## HIGH behind 50,000 STANDARD: how soon it is allocated
	@$(BIN)/python -m tests.bench.bench_lanes $(ARGS)

.PHONY: bench-history
bench-history: $(INSTALLED) ## The pipeline before and after a long history: does its cost grow?
	@$(BIN)/python -m tests.bench.bench_history $(ARGS)

.PHONY: bench-matching
bench-matching: $(INSTALLED) ## Matching against a million known persons
	@$(BIN)/onward bench-matching $(ARGS)

.PHONY: bench-schools
bench-schools: $(INSTALLED) ## The first day of term: 100,000 alerts before the bell
	@$(BIN)/onward bench-schools $(ARGS)

.PHONY: chaos
chaos: $(INSTALLED) ## Kill anything under load and account for every input: make chaos KILLS=200 SEED=1
	@$(BIN)/onward chaos --kills $(KILLS) --seed $(SEED) $(ARGS)

.PHONY: simulate
simulate: $(INSTALLED) ## Random worlds of the kit over a simulated log and store: make simulate SEEDS=1000
	@$(BIN)/onward simulate --seeds $(SEEDS) $(ARGS)

.PHONY: explore
explore: $(INSTALLED) ## Every order of events in a small world of contact
	@$(BIN)/onward explore $(ARGS)

.PHONY: lock
lock: $(INSTALLED) ## Write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --extra dev --extra bench pyproject.toml -o requirements.lock

.PHONY: clean
clean: ## Remove what commands left behind (the download cache stays)
	rm -rf .onward .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
