# Every command of this project. `make` lists them.

PYTHON ?= python3
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test test-fast test-postgres races faults soak move audit check lint types contracts bench plots scale catalogues lock env env-dev env-audit settings

help:  ## list the targets
	@echo "Online booking for one clinic. Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo "PORT and DATABASE_URL are honoured: PORT=8080 make run"

run: env settings  ## start the clinic's booking page and the message worker (Ctrl-C stops both)
	@exec $(PY) -m flask --app wsgi up

test: env-dev settings  ## check style, types and layers, then run every test
	@$(MAKE) --no-print-directory check
	$(PY) -m pytest -n 2

test-fast: env-dev settings  ## run the tests that take a few seconds
	$(PY) -m pytest tests/scheduling tests/access tests/wording \
		-m "not slow and not races and not faults and not browser"

test-postgres: env-dev settings  ## the tests that `make test` runs on SQLite only, on PostgreSQL
	TEST_ENGINE=postgresql $(PY) -m pytest -n 2 -m usual_engine

# At full size, one after the other, each printing its figures; short forms are part of `make test`.
FULL := BOOKING_SLOW=1 $(PY) -m pytest -n 0 -p no:randomly -p no:cacheprovider

races: env-dev settings  ## race 8 processes x 500 operations on each engine, with controls (about half an hour)
	$(FULL) -m races

faults: env-dev settings  ## kill, cut power and connections, fill disks; prints what was lost (some minutes)
	$(FULL) -m "faults and not races"

# L1, L2, L3, L4 and L7 on both engines; then L5 and what else is promised of messages.
soak: export BOOKING_SOAK_SECONDS := $(or $(BOOKING_SOAK_SECONDS),3600)
soak: env-dev settings  ## load for an hour on each engine (BOOKING_SOAK_SECONDS=1200: a third), crowds, bulk mail
	$(FULL) -m load
	$(PY) -m bench --messages

move: env-dev settings  ## move 60,000 visits between the two engines and back; prints the seconds
	$(FULL) tests/cli/test_move_database.py -k l6

audit: env-audit settings  ## known holes, list of parts, shell script; what was not asked is told, never green
	@$(PY) -m audit

check: lint types contracts

lint: env-dev  ## check style (ruff)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: env-dev  ## check types (mypy, strict)
	$(PY) -m mypy --no-incremental  # its cache errs on packages that import their own parts

contracts: env-dev  ## check that imports point down only (import-linter)
	@NO_COLOR=1 $(PY) -c "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"

bench: env-dev settings  ## measure speed, as ratios within one run
	$(PY) -m bench

plots: env-dev settings  ## measure what things cost and how that grows, and draw docs/img/*.svg (half an hour)
	$(PY) -m bench.growth

scale: env-dev settings  ## bookings per second of several processes for different clinics (needs PostgreSQL)
	$(PY) -m bench.scale

catalogues: env-dev  ## bring the translations in step with the program's texts
	@$(PY) -m tests.wording.catalogues

UV ?= uv
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-header --no-emit-index-url --no-emit-find-links

lock:  ## write the requirement files anew from pyproject.toml (needs uv)
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) --group audit --output-file requirements-audit.txt

# The environment. A copy of each requirement file inside it says what is installed:
# requirements-dev.txt contains requirements.txt, pin for pin, so that `make run` after
# `make test` installs nothing.
# A folder that was moved gets a new environment: its commands name the old place.
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes
IN_PLACE := [ -x "$$(sed -n '1s/^\#!//p' .venv/bin/flask 2>/dev/null)" ]

env:
	@cmp -s requirements.txt .venv/requirements.txt && $(IN_PLACE) || { \
		$(MAKE) --no-print-directory .venv-usable && echo "Installing ..." && \
		$(PY) $(INSTALL) -r requirements.txt && cp requirements.txt .venv/; }

env-dev:
	@cmp -s requirements-dev.txt .venv/requirements-dev.txt && $(IN_PLACE) || { \
		$(MAKE) --no-print-directory .venv-usable && echo "Installing ..." && \
		$(PY) $(INSTALL) -r requirements-dev.txt && cp requirements.txt requirements-dev.txt .venv/; }

env-audit: env-dev
	@cmp -s requirements-audit.txt .venv/audit/requirements.txt || { $(PYTHON) -m venv --clear .venv/audit && \
		.venv/audit/bin/python $(INSTALL) -r requirements-audit.txt && \
		cp requirements-audit.txt .venv/audit/requirements.txt; }

# A random SECRET_KEY, once, readable by its owner only; a setting that cannot be meant is told in one line.
settings:
	@mkdir -p -m 700 instance 2>/dev/null && [ -w instance ] || { \
		echo "The folder instance/ cannot be written: data and settings of this clinic lie there."; exit 1; }
	@$(PY) -c "import sys, config; sys.excepthook = lambda kind, error, trace: print(error, file=sys.stderr); \
		config.ensure_settings_file(config.ROOT / 'instance'); config.settings_from_environment()"

.PHONY: .venv-usable
.venv-usable:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
		echo "Python 3.11 or newer is needed; this one is: $$($(PYTHON) --version 2>&1)"; exit 1; }
	@{ $(PY) -m pip --version >/dev/null 2>&1 && { [ ! -e .venv/bin/flask ] || $(IN_PLACE); }; } || \
		$(PYTHON) -m venv --clear .venv
