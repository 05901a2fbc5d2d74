# Each verb brings what it needs: the virtual environment from the locked requirements, and the Temporal server.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test prove data fmt lint type up bench clean temporal

PYTHON ?= python3
BIN := .venv/bin
# Our own modules are compiled once, not in every process and every case of a workflow sandbox.
export PYTHONDONTWRITEBYTECODE :=
# Keyed on the lock, so that a changed lock is installed and an unchanged one is not.
READY := .venv/.ready-$(shell cat requirements/dev.txt pyproject.toml | cksum | tr ' ' '-')

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: temporal ## Play complaints from beginning to end, with everything started for you
	$(BIN)/redress demo

test: lint type temporal ## Check format, rules and types, and run the tests
	$(BIN)/pytest -m "not proof" -n 3 --dist loadfile --no-loadscope-reorder  # one more than two cores: drills wait

prove: temporal ## Run the long form of the proofs
	$(BIN)/pytest -m proof

data: temporal ## Run real complaints from ../shared/data through the engine
	$(BIN)/redress simulate --input ../shared/data/cfpb_mixed_2016.csv --format cfpb --seed 7
	$(BIN)/redress clock audit ../shared/data/incident_event_log.csv --policy finance-us
	.ci/import-data

fmt: $(READY) ## Format the code and repair what can be repaired
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: $(READY) ## Check format and rules
	$(BIN)/ruff format --check
	$(BIN)/ruff check

type: $(READY) ## Check the types
	$(BIN)/mypy

up: temporal ## Start the whole stack and keep it running
	$(BIN)/redress up

bench: temporal ## Run the measurements
	@set -e; for each in benchmarks/*.py; do echo "== $$each"; $(BIN)/python "$$each"; done

clean: ## Remove the virtual environment and all that tools leave behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

temporal: $(READY)
	@$(BIN)/python -m stack.temporal_server

$(READY):
	@command -v "$(PYTHON)" >/dev/null || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not here. Install it, or name one: make PYTHON=/path/to/python"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$("$(PYTHON)" --version 2>&1). Name a newer one: make PYTHON=/path/to/python"; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@rm -f .venv/.ready-*
	@touch $@
