# Every target works on a fresh clone and when run again; nothing is fetched while pyproject.toml is unchanged.
PYTHON ?= python3
VENV := .venv
ENVIRONMENT := $(PYTHON) tests/gates/environment.py $(VENV)

.DEFAULT_GOAL := help
.PHONY: help demo test bench mutants clean

help:  ## show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo:  ## install, then run the demonstration (DEMO_ARGS="--data DIR" keeps its state)
	@$(ENVIRONMENT) standard
	@$(VENV)/bin/traitconf demo $(DEMO_ARGS)

test:  ## install what the tests need, then run every gate (GATES="ruff mypy" runs some)
	@$(ENVIRONMENT) standard all test
	@$(VENV)/bin/python tests/gates/programs.py
	@$(VENV)/bin/python tests/gates/run.py $(GATES)

bench:  ## measure the budgets beside the peers; fails when one is broken (BENCH_ARGS="--json", "--thorough")
	@$(ENVIRONMENT) standard all test bench
	@$(VENV)/bin/python tests/bench/run.py $(BENCH_ARGS)

mutants:  ## change resolve/ in thousands of small ways and count what the tests notice (an hour; MUTANTS="NAME")
	@$(ENVIRONMENT) standard all test mutants
	@$(VENV)/bin/python tests/mutants/run.py $(MUTANTS)

clean:  ## remove everything that the other targets made
	rm -rf $(VENV) build dist htmlcov mutants .coverage .coverage.* .hypothesis .import_linter_cache \
	  .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
