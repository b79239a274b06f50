# Everything one does with the forum, each in one word. `make` alone lists the words.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: --require-hashes
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard forum/translations/*/LC_MESSAGES/*.po))
ARGS ?=

.PHONY: help run test check bench messages lock upgrade clean
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/run.stamp $(CATALOGUES) ## start the forum, with an invented district the first time; Ctrl-C stops it
	@exec $(BIN)/python -m forum.operations.run

test: $(VENV)/dev.stamp $(CATALOGUES) ## run the whole suite: SQLite, PostgreSQL and Chromium where there are such (ARGS=... goes to pytest)
	@$(BIN)/python -m tests $(ARGS)

check: $(VENV)/dev.stamp ## lint, formatting, types, and the direction of imports between rooms
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest tests/test_rooms.py

bench: $(VENV)/dev.stamp ## measure pages, search and memory
	@$(BIN)/python -m tests.bench

messages: $(VENV)/run.stamp ## bring the catalogues up to date with the sources; what is then untranslated fails a test
	@$(BIN)/pybabel --quiet extract --mapping pyproject.toml --no-location --sort-output --output $(VENV)/messages.pot forum templates
	@$(BIN)/pybabel --quiet update --input-file $(VENV)/messages.pot --output-dir forum/translations --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

lock: $(BIN)/pip-compile ## write both locks anew after a change in pyproject.toml, keeping the versions they hold
	$(COMPILE) --output-file requirements.txt pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

upgrade: ## write both locks with the newest versions
	$(MAKE) lock COMPILE="$(COMPILE) --upgrade"

clean: ## remove what can be made again: the environment and caches; instance/ with its data stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis $(CATALOGUES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements.txt | $(BIN)/pip
	@echo "Installing requirements.txt into $(VENV) ..."
	@$(PIP) -r requirements.txt
	@touch $@

# The dev lock holds all of the other one, so that whoever tests need not install twice to run.
$(VENV)/dev.stamp: requirements-dev.txt | $(BIN)/pip
	@echo "Installing requirements-dev.txt into $(VENV) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

# pip comes last into a new environment: where it is, the environment is whole.
$(BIN)/pip:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11: apt install python3.11 python3.11-venv, then PYTHON=python3.11 make run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) makes no environments: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(BIN)/pip-compile: | $(BIN)/pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip-tools>=7.5'

%.mo: %.po | $(VENV)/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
