# `make` alone prints what there is. Needs Python 3.11 or newer with venv, and make; nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
SHELL := /bin/sh
.DEFAULT_GOAL := help

# What builds the package; the lock files hold it too, so that nothing is installed without a hash.
BUILD_TOOLS := hatchling>=1.27\neditables>=0.5\n

.PHONY: help
help: ## print this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: $(VENV)/.demo ## run the whole product here with a sample campaign; mail goes to a local mailbox
	@exec $(BIN)/python -m advocacy.cli.up --demo

.PHONY: test
test: $(VENV)/.test chromium ## all that CI checks: style, types, import rules, tests on SQLite and PostgreSQL, pages in a browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadgroup -q || { \
	  echo "Some tests failed. Those once more, alone: real processes on a crowded machine may have been too slow." >&2; \
	  $(BIN)/pytest -q --last-failed --last-failed-no-failures none; }

.PHONY: check
check: $(VENV)/.test ## the quick part of `make test`: style, types, import rules, tests without browser and slow proofs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadgroup -q -m "not browser and not slow"

.PHONY: prove
prove: $(VENV)/.test ## the long proofs: storms of kills, mutated documents, damaged files and bombs
	READING_MUTATIONS=20000 $(BIN)/pytest tests/domain/reading/test_hostile_text.py -q -p no:randomly
	READING_FILE_MUTATIONS=600 $(BIN)/pytest tests/gateways/test_hostile_files.py -q -p no:randomly
	ADVOCACY_PROVE=1 $(BIN)/pytest -m proof -q -s -p no:randomly

.PHONY: celery
celery: $(VENV)/.test ## the worker's tests under each Celery that we say works: 5.6 and 5.7
	for version in 5.6 5.7; do \
	  rm -rf build/celery-$$version && $(call overlay,build/celery-$$version,celery==$$version.*) || exit 1; \
	  PYTHONPATH=build/celery-$$version $(BIN)/python -c 'import celery; print("Celery", celery.__version__)' && \
	  PYTHONPATH=build/celery-$$version $(BIN)/pytest -q tests/workers tests/cli/test_up.py tests/architecture/test_queues.py || exit 1; \
	done

.PHONY: format
format: $(VENV)/.test ## bring all code into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lock
lock: ## renew requirements.lock and requirements-test.lock from pyproject.toml (needs uv)
	@test -n "$(UV)" || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	printf '$(BUILD_TOOLS)' | $(UV) pip compile $(LOCK_OPTIONS) pyproject.toml - -o requirements.lock
	printf '$(BUILD_TOOLS)' | $(UV) pip compile $(LOCK_OPTIONS) --extra test pyproject.toml - -o requirements-test.lock

LOCK_OPTIONS := --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet --python-version 3.11

.PHONY: translations
translations: $(VENV)/.test ## compile the message catalogues after editing them
	$(BIN)/pybabel compile --directory templates/translations --domain messages
	$(BIN)/pybabel compile --directory templates/translations --domain desk --locale fr

PICTURES := 04-new 05-review 06-check 07-launched 30-write 31-check-mail 42-checked

.PHONY: pictures
pictures: ## renew the pictures of docs/organisers.md from what the last browser tests kept in artefacts/
	@for name in $(PICTURES); do cp "artefacts/screenshots/$$name-1280-light.png" "docs/pictures/$$name.png"; done
	cp artefacts/screenshots/12-act-1280-light.png docs/pictures/act.png

.PHONY: wheel
wheel: $(VENV)/.test ## build dist/*.whl
	$(BIN)/python -m hatchling build --target wheel

.PHONY: clean
clean: ## remove the environment and all that was built; keeps instance/, where your data is
	rm -rf $(VENV) dist build artefacts .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: chromium
chromium:
	@test -n "$$CHROMIUM" || command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
	|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 \
	     && { echo "Installing Chromium for the browser stories."; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; }; } \
	|| echo "No Chromium here (CHROMIUM, PATH): the browser stories cannot run." >&2

$(VENV)/.demo: requirements.lock pyproject.toml $(VENV)/bin/python
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/.test: requirements-test.lock pyproject.toml $(VENV)/bin/python
	@$(call install,requirements-test.lock)
	@touch $@ $(VENV)/.demo

ifdef UV
overlay = $(UV) pip install --quiet --python $(BIN)/python --no-deps --target $1 '$2'
install = echo "Installing what it needs ($1)." && $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $1 \
	&& $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
else
overlay = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $1 '$2'
install = echo "Installing what it needs ($1)." \
	&& $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r $1 \
	&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endif

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON) here. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed." >&2; \
	  echo "On Debian or Ubuntu: sudo apt-get install python3.11 python3.11-venv && make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
ifdef UV
	@$(UV) venv --quiet --allow-existing --no-python-downloads --python "$$(command -v $(PYTHON))" $(VENV)
else
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; \
	  echo "(or python3.X-venv for the version that $(PYTHON) is: $$($(PYTHON) --version))" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
endif
