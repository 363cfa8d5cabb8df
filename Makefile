.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

# The tests' packages hold the demo's.
DEMO_PACKAGES := $(if $(wildcard .venv/.test),.venv/.test,.venv/.local)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv

.venv/.local .venv/.ocr .venv/.test: .venv/.%: requirements/%.txt | .venv/bin/python
	@echo "Installing requirements/$*.txt …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@

.PHONY: install
install: .venv/.test ## Make the virtual environment with everything the tests need

.PHONY: demo
demo: $(DEMO_PACKAGES) ## Start everything and read the fixtures; ARGS="--once", "--once --file my.pdf --doc-type motor_logbook"
	@$(BIN)/python -m infra.local.demo $(ARGS)

.PHONY: ocr
ocr: .venv/.ocr ## Let the demo read photographs (installs OCR, 400 MB)

.PHONY: test
test: install ## Run every test
	$(BIN)/pytest $(ARGS)

.PHONY: pictures
pictures: install ## Take the guide's pictures again, by its tests
	KEEP_PICTURES=1 $(BIN)/pytest -m browser tests/journeys

.PHONY: lint
lint: install ## Check style, types and import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy mapping_specs lambdas backend infra bench

.PHONY: bench
bench: install .local/peers/.installed ## Measure: a preview beside one extract, submit to DONE, peak memory, the engine
	$(BIN)/python -m bench.preview
	$(BIN)/python -m bench.journey
	$(BIN)/python -m bench.engine $(ARGS)

.PHONY: bench-engine
bench-engine: install .local/peers/.installed ## Only the engine, beside json.loads and its peers; ARGS=FOLDER of answers
	$(BIN)/python -m bench.engine $(ARGS)

.local/peers/.installed: requirements/peers.txt | .venv/bin/python
	$(PYTHON) -m venv .local/peers
	@.local/peers/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@touch $@

.PHONY: fuzz
fuzz: install ## 100,000 mutated documents and specs against the engine; ARGS="--cases N --seed N"
	$(BIN)/python -m tests.engine.fuzz $(ARGS)

.PHONY: samples
samples: install ## Map the real Textract answers, field by field; ARGS="[--perturbed] [FOLDER]"
	$(BIN)/python -m tests.samples.run $(ARGS)

.PHONY: reference
reference: install ## Write the keyword tables of docs/spec-language.md from the schema
	$(BIN)/python -m mapping_specs.schema.reference docs/spec-language.md

.PHONY: package
package: install ## Build the Lambda archives into build/
	$(BIN)/python -m infra.package

.PHONY: lock
lock: install ## Resolve the lock files again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/test.in -o requirements/test.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/peers.in -o requirements/peers.txt
	for name in ocr local runtime lambda; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/test.txt requirements/$$name.in -o requirements/$$name.txt || exit 1; done

.PHONY: clean
clean: ## Remove the virtual environment and local state
	rm -rf .venv .local build
