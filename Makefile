.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.test: requirements/test.txt | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements/test.txt
	@touch $@

.PHONY: install
install: .venv/.test ## Make the virtual environment with everything the tests need

.PHONY: test
test: install ## Run every test
	$(BIN)/pytest

.PHONY: lint
lint: install ## Check style, types and import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy mapping_specs lambdas

.PHONY: lock
lock: install ## Resolve the lock files again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/test.in -o requirements/test.txt
	for name in ocr local runtime lambda; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/test.txt requirements/$$name.in -o requirements/$$name.txt || exit 1; done

.PHONY: clean
clean: ## Remove the virtual environment and local state
	rm -rf .venv .local build
