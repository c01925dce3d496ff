# `make app` and `make test` set up everything they need; see README.md for what each downloads.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT = $(AS_ROOT) apt-get -qq update && $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends
PORT ?= 8501

.PHONY: app test lint bench clean

app: $(VENV)/.app
	$(BIN)/python -m qscore_core serve --port $(PORT)

test: $(VENV)/.test browser
	$(BIN)/ruff check .
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --ignore tests/browser --numprocesses logical --maxprocesses 4 --dist loadfile
	$(BIN)/python -m pytest tests/browser --numprocesses 2 --dist loadfile  # no more: what a hand does waits for the machine

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: $(VENV)/.app
	$(BIN)/python -m bench --write docs/performance.md

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (apt-get install python3)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(APT) python3-venv
	$(PYTHON) -m venv $(VENV)

# The marker files are made last, so that an interrupted installation is done again.
$(VENV)/.app: requirements.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet -r requirements.txt
	touch $@

$(VENV)/.test: requirements.txt tests/requirements.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet -r tests/requirements.txt
	touch $@ $(VENV)/.app

.PHONY: browser
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || $(APT) chromium

clean:
	rm -rf $(VENV) .pytest_cache .hypothesis .ruff_cache
