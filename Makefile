# Two commands do all their own set-up: `make book` and `make test`.
CITY ?= liupanshui
EDITIONS ?= all
JOBS ?= 2
PYTHON ?= python3
VENV ?= .venv

ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif

.PHONY: book test setup setup-test lab check lint clean

book: setup
	$(BIN)/python -m planbook build --city $(CITY) --lang $(EDITIONS) --jobs $(JOBS)

test: setup-test
	$(BIN)/python -m pytest -n $(JOBS)

setup: $(VENV)/.ready

setup-test: $(VENV)/.ready-test

$(VENV)/.ready: requirements.txt pyproject.toml
	$(PYTHON) -c "import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else 'planbook needs Python 3.11 to 3.13; name one by PYTHON=')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

$(VENV)/.ready-test: $(VENV)/.ready requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	$(BIN)/python -c "import pathlib; pathlib.Path('$@').touch()"

lab: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "jupyterlab>=4.4,<5"
	$(BIN)/python -m jupyterlab notebooks

check: setup
	$(BIN)/python -m planbook check --city $(CITY)

lint: setup-test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

clean:
	rm -rf _build book/chapters
