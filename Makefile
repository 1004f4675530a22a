# What a developer types. Every step is made once and again only when what it is made of has changed.

PYTHON ?= python3
CLUSTER ?= embedded
WORKERS ?= 3
BIN := .venv/bin
GLAUTH := build/glauth/glauth
QUICK := tests/core tests/journal tests/engine tests/settings tests/slurm tests/glauth tests/identity
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --no-header --python-version 3.11

.PHONY: help setup check test bench demo glauth real static lock documents clean
.DELETE_ON_ERROR:

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/ready ## create .venv with everything pinned, and the project in it

check: static ## format, lint, types, import contracts and the quick tests, in under a minute
	$(BIN)/pytest -m 'not slow and not real_slurm and not real_glauth' $(QUICK)

test: setup real glauth static ## everything, against the real Slurm and GLAuth where they can be had (WORKERS=3 at once)
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile

bench: setup glauth ## measure processes, requests and time of a cycle, and the directory
	$(BIN)/python tests/benchmarks/run.py

demo: setup ## the story of an order, from the marketplace to the cluster (CLUSTER=embedded or real)
	GLAUTH_BIN="$${GLAUTH_BIN:-$(wildcard $(GLAUTH))}" $(BIN)/python -m agent.sandbox.demo --cluster $(CLUSTER)

glauth: setup ## build the GLAuth that tests run
	@test -x $(GLAUTH) -a $(GLAUTH) -nt tests/glauth_server/go.sum || .ci/build-glauth $(GLAUTH)
	@echo GLAuth is $(GLAUTH)

lock: setup ## pin the newest versions again
	$(COMPILE) --upgrade requirements/build.in --output-file requirements/build.txt
	$(COMPILE) --upgrade requirements/go.in --output-file requirements/go.txt
	$(COMPILE) --upgrade pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) --upgrade pyproject.toml --extra sandbox --group dev --output-file requirements/dev.txt

documents: setup ## write the settings' example, schema and manual page again
	$(BIN)/agent config example > config/agent.toml
	$(BIN)/agent config schema > config/agent.schema.json
	$(BIN)/agent config reference > docs/configuration.md

clean: ## remove what was built, but not .venv
	rm -rf build dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find agent backends tests -name __pycache__ -prune -exec rm -rf {} +

real:
	@.ci/install-real

static: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/tools: requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/build.txt
	@touch $@

.venv/ready: .venv/tools requirements/dev.txt pyproject.toml
	$(BIN)/uv pip sync --quiet --python .venv --require-hashes requirements/build.txt requirements/dev.txt
	$(BIN)/uv pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	@touch $@
