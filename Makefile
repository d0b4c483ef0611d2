# Đồng Hành's workshop. `make` alone says what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url
# The first Chromium of this machine; CHROMIUM in the environment goes before it.
FIND_CHROMIUM := { command -v "$${CHROMIUM:-none}" || command -v chromium || command -v chromium-browser || command -v google-chrome; }

.PHONY: help
help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- the tools ----------------------------------------------------------------------------------------------

.venv/made:
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'Python is missing. Install Python 3.11 or newer, for example: apt-get install python3 python3-venv' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'The venv module of Python is missing. Install it, for example: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

# The stamps remember which requirements are installed: no package is looked at until the file changes.
.venv/installed-base: requirements/base.txt .venv/made
	$(PIP) -r requirements/base.txt
	@touch $@

.venv/installed-dev: requirements/dev.txt requirements/base.txt .venv/made
	$(PIP) -r requirements/dev.txt
	@touch $@ .venv/installed-base

.PHONY: setup setup-dev browser
setup: .venv/installed-base ## Make .venv and install what the product needs to run
	@mkdir -p "$${VAR_DIR:-var}"

setup-dev: .venv/installed-dev ## Install what is needed to work on it, too
	@mkdir -p "$${VAR_DIR:-var}"

browser: ## Find a Chromium for the browser journeys, or install one where that is possible
	@if ! $(FIND_CHROMIUM) >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo 'Installing chromium and fonts for the browser journeys …'; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core; } >/dev/null 2>&1 || true; \
	fi
	@$(FIND_CHROMIUM) >/dev/null || printf '%s\n' \
	  '************************************************************************' \
	  '* NO CHROMIUM FOUND: the browser journeys WILL BE SKIPPED.             *' \
	  '* Install one (apt-get install chromium fonts-noto-core), or name one: *' \
	  '* CHROMIUM=/path/to/chromium make test                                 *' \
	  '************************************************************************' >&2

# --- the product --------------------------------------------------------------------------------------------

.PHONY: demo demo-data serve worker celery
demo: setup ## Start the demo with a played story on http://127.0.0.1:8000/ (PORT=… for another)
	@exec $(MANAGE) demo --port $(PORT)

demo-data: setup ## Load the demo's people and cases without serving it
	$(MANAGE) demo --no-serve

serve: setup ## Serve what is there, without touching the data
	@exec $(BIN)/python -m uvicorn project.asgi:application --host 127.0.0.1 --port $(PORT) --ws-per-message-deflate false

worker: setup ## Say what falls due, send notifications, expire unanswered requests, verify and anchor once a day
	@exec $(MANAGE) work

celery: setup ## The same worker by Celery's beat and two processes (CELERY_BROKER_URL=amqp://…)
	@trap 'kill 0' EXIT; $(BIN)/celery --app project beat --loglevel WARNING & \
	$(BIN)/celery --app project worker --concurrency 2 --loglevel WARNING

# --- the proof ----------------------------------------------------------------------------------------------

.PHONY: test prove check bench
test: setup-dev browser ## Run the whole suite with the browser journeys, but not the long proofs
	@CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/python -m pytest -m 'not prove' -n 2 --dist loadfile

prove: setup-dev browser ## Run the long proofs and print their figures
	@CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/python -m pytest -m prove -s

# The checks look at a new database in a folder of their own, never at yours.
check: setup-dev ## Look at code, types, floors, settings, migrations, flows, translations and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	@var=$$(mktemp -d) && trap 'rm -rf "$$var"' EXIT && unset DATABASE_URL REDIS_URL && export VAR_DIR="$$var" && set -ex && \
	$(MANAGE) check --fail-level WARNING && \
	$(MANAGE) makemigrations --check --dry-run && \
	$(MANAGE) migrate --verbosity 0 && \
	$(MANAGE) check --database default --fail-level WARNING && \
	$(MANAGE) check_flows && \
	$(BIN)/python -m pytest -q tests/house/test_translations.py tests/house/test_templates.py

bench: setup-dev ## Measure: statements a step, cases a second, live updates to 1,000 pages
	$(BIN)/python -m benchmarks

# --- upkeep -------------------------------------------------------------------------------------------------

.PHONY: requirements styles messages screenshots clean
requirements: setup-dev ## Compile requirements/*.in to pinned versions with hashes
	$(UV_COMPILE) requirements/base.in -o requirements/base.txt
	$(UV_COMPILE) requirements/dev.in -o requirements/dev.txt

styles: ## Make project/static/*.css from project/styles (needs Node.js; only to change them)
	cd project/styles && npm ci --silent && node build.mjs

messages: setup ## Gather new texts into project/locale and compile them (needs gettext)
	$(MANAGE) makemessages --locale vi --no-location --ignore .venv --ignore var --ignore tests --ignore typings
	$(MANAGE) compilemessages --locale vi --ignore .venv

screenshots: setup-dev browser ## Take the pictures of README and docs anew, from a demo of its own
	@CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/python -m tests.pages.screenshots

clean: ## Remove .venv, caches and the demo's data
	rm -rf .venv project/styles/node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
