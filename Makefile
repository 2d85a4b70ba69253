# `make tutor` runs the program, `make test` its tests; each first sets up what it needs in .venv.
# `make tutor ARGS="minibatches"` passes arguments on; `make setup PYTHON=python3.12` picks the interpreter.

ARGS =
PYTHON =
# What `make check` runs of the tests, as a pytest marker expression: by default, all of them.
CHECK_TESTS = slow or not slow

BIN = .venv/bin
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
INPUTS = pyproject.toml constraints.txt hatch_build.py

.DELETE_ON_ERROR:
.PHONY: tutor test check lint benchmarks setup clean

tutor: .venv/installed
	@$(BIN)/tutor $(ARGS)

test: .venv/installed-dev
	@$(BIN)/python -m pytest $(ARGS)

check: lint
	@$(BIN)/python -m pytest -m "$(CHECK_TESTS)" $(ARGS)

lint: .venv/installed-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict
	@$(BIN)/lint-imports --no-logo

benchmarks: .venv/installed-dev
	@$(BIN)/python -m pytest tests/benchmarks -s -m "slow or not slow" $(ARGS)

setup: .venv/installed-dev
	@echo "tutor and its development tools are in .venv."

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
	    if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        exec $$python -m venv --clear .venv; \
	    fi; \
	done; \
	echo "tutor needs Python 3.11 or newer with its venv module; name one with: make PYTHON=/path/to/python3" >&2; \
	exit 1

.venv/installed: $(INPUTS) | .venv/bin/python
	@echo "Setting up tutor in .venv; this happens once, and most of it is PyTorch."
	@$(INSTALL) -e .
	@touch $@

.venv/installed-dev: $(INPUTS) | .venv/bin/python
	@echo "Setting up tutor and its development tools in .venv; this happens once, and most of it is PyTorch."
	@$(INSTALL) -e '.[dev]'
	@touch .venv/installed $@
