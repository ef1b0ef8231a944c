# `make` alone lists the targets. Recipes quote every path: the project may stand in a folder with spaces.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
# Not from the environment: some shells and toolchains keep the machine's own name in HOST.
HOST = 127.0.0.1
PORT ?= 8000
TESTS ?=

# One installation at a time, whoever starts it. The lock is on this file and ends with the process.
LOCKED = "$(PYTHON)" -c 'import fcntl, subprocess, sys; lock = open("Makefile"); fcntl.flock(lock, fcntl.LOCK_EX); sys.exit(subprocess.call(sys.argv[1:]))'
PIP_INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help run test lint format types check bench lock clean runtime dev

help: ## List the targets
	@echo "make TARGET   (PYTHON=/path/to/python3.11-or-newer, PORT=8000, TESTS='what pytest takes')"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

run: runtime ## Serve the dashboard at http://127.0.0.1:PORT/
	@exec .venv/bin/python manage.py serve --host "$(HOST)" --port "$(PORT)"

test: dev ## Run all tests; those in a browser need a Chromium on the machine
	@exec .venv/bin/python -m pytest $(or $(TESTS),--numprocesses logical --dist worksteal)

lint: dev ## Check style
	.venv/bin/ruff check .
	.venv/bin/ruff format --check --quiet .
	git ls-files -z 'templates/*.html' 'templates/*.svg' | xargs -0 -r .venv/bin/djade --check --target-version 5.2

format: dev ## Mend style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	git ls-files -z 'templates/*.html' 'templates/*.svg' | xargs -0 -r .venv/bin/djade --target-version 5.2

types: dev ## Check types
	.venv/bin/mypy

check: dev ## Check that migrations are complete and that the settings are fit for the public
	.venv/bin/python manage.py makemigrations --check --dry-run
	.venv/bin/python manage.py check --deploy --fail-level WARNING

bench: dev ## Measure every kind of page on a large made-up register
	@exec .venv/bin/python -m benchmarks

lock: dev ## Pin the packages of pyproject.toml anew, at their newest versions
	@for extra in "" "-dev"; do \
	    .venv/bin/uv pip compile pyproject.toml $${extra:+--extra dev --constraints requirements.txt} --quiet --upgrade \
	        --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	        --output-file "requirements$$extra.txt" || exit 1; \
	done

clean: ## Remove what was made, except the data in .postgres
	rm -rf .venv staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Before the lock is asked for: whether there is anything to install, and whether it can be.
runtime dev:
	@$(MAKE) --question .venv/$@.stamp 2>/dev/null || { \
	    "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	        { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }; \
	    "$(PYTHON)" -c 'import ensurepip, venv' || \
	        { echo "Python's venv module is needed (Debian: apt-get install python3-venv)" >&2; exit 1; }; \
	    [ -w . ] && { [ ! -e .venv ] || [ -w .venv ]; } || \
	        { echo "This folder belongs to another account: run as that account, or in a clone of your own" >&2; exit 1; }; \
	    $(LOCKED) $(MAKE) .venv/$@.stamp; }

# Absent, cut short while being made, or of a Python that has gone.
ifeq ($(shell .venv/bin/python -c 'import pip' 2>/dev/null && echo usable),)
.PHONY: .venv/bin/python
endif

.venv/bin/python:
	@echo "Making .venv with $(PYTHON)"
	@"$(PYTHON)" -m venv --clear .venv

.venv/runtime.stamp: requirements.txt .venv/bin/python
	@echo "Installing the packages of requirements.txt; the first time this takes a while"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	@echo "Installing the packages of requirements-dev.txt; the first time this takes a while"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
