# Two commands are enough: `make run` and `make test`. Both set up everything that they need.

PYTHON ?= python3
BIN := .venv/bin
OURS := bench channels config console router sandbox tickets workers tests

.PHONY: help run test check format clean setup setup-dev
.DEFAULT_GOAL := help

help:
	@echo "make run      everything, in the foreground; Ctrl-C stops it"
	@echo "make test     every test"
	@echo "make check    format, lint, types and the fast tests"
	@echo "make format   put the code into its form"
	@echo "make clean    remove the environment and the caches (data under var/ stays)"

setup:
	@$(PYTHON) console/bootstrap.py run

setup-dev:
	@$(PYTHON) console/bootstrap.py dev

run: setup
	@exec $(BIN)/sigap run

test: setup-dev
	$(BIN)/python -m pytest -q

check: setup-dev
	$(BIN)/ruff format --check $(OURS)
	$(BIN)/ruff check $(OURS)
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit tests/contract

format: setup-dev
	$(BIN)/ruff format $(OURS)
	$(BIN)/ruff check --fix $(OURS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
