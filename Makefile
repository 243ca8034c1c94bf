# Partnership: `make help` lists what there is. Needs only Python 3.11 or newer with venv, and make.

PYTHON ?= python3
BIN = .venv/bin
STAMPS = .venv/stamps

.DEFAULT_GOAL := help
.PHONY: help setup demo start test accept coverage faults nightly check messages lint-assets bench backup restore

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(STAMPS)/requirements ## install only

demo: $(STAMPS)/requirements ## start everything with the demo story; PORT=8001 chooses another port
	@exec $(BIN)/python -m partnership.ops.launch --demo

start: $(STAMPS)/requirements ## start everything, empty: the first page makes the administrator
	@exec $(BIN)/python -m partnership.ops.launch

test: $(STAMPS)/requirements-dev ## the whole suite; REQUIRE_BROWSER=1 fails where no Chromium is found
	@exec $(BIN)/python -m pytest -n auto --dist worksteal -rs

coverage: $(STAMPS)/requirements-dev ## the whole suite, and which share of the branches it takes, package by package
	@mkdir -p var/coverage && $(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n auto --dist worksteal -rs
	@$(BIN)/coverage combine --quiet && $(BIN)/python tools/branches.py

accept: $(STAMPS)/requirements-dev ## the tests that need real data from outside: make accept DATA=folder
	@exec $(BIN)/python -m pytest tests/acceptance --data "$(DATA)"

faults: $(STAMPS)/requirements-dev ## kills, full disks, outages under load: five minutes; FAULTS_ROUNDS=100 for an hour
	@exec $(BIN)/python -m pytest tests/faults -n 0 -rs -s

nightly: $(STAMPS)/requirements-dev ## every property on 1,000 examples, 25 in the suite; hours
	@HYPOTHESIS_PROFILE=nightly exec $(BIN)/python -m pytest -n auto --dist worksteal -m hypothesis

check: $(STAMPS)/requirements-dev ## style, types, layers, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run

messages: $(STAMPS)/requirements-dev ## collect what is to be translated, and compile every language in locale/
	@exec $(BIN)/python tools/messages.py

lint-assets: node_modules/.package-lock.json ## style of JavaScript and CSS; the only target that needs Node
	npm run --silent lint

bench: $(STAMPS)/requirements-dev ## every speed claim beside its floor
	@exec $(BIN)/python -m bench

backup: $(STAMPS)/requirements ## database and files into one file: make backup FILE=/somewhere/today.tar
	@exec $(BIN)/python manage.py backup "$(FILE)"

restore: $(STAMPS)/requirements ## put back what a backup holds: make restore FILE=/somewhere/today.tar
	@exec $(BIN)/python manage.py restore "$(FILE)"

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund --silent
	@touch $@

# Installed again only when the lock changed; an install that was cut short leaves no stamp.
$(STAMPS)/%: %.txt | $(BIN)/pip
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r $<
	@mkdir -p $(STAMPS) && touch $@

# pip comes last into a new environment: one without it was cut short.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Partnership needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`." >&2; \
	  echo "Name a newer one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@rm -rf .venv
	$(PYTHON) -m venv .venv
