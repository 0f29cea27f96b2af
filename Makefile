# The two that matter: `make run` and `make test`. Both work from a fresh clone; `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := .venv/bin/python
export PORT ?= 8000

.PHONY: help run test unit e2e check openapi format lock drill bench ready clean picture

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ready ## the whole product on http://127.0.0.1:$(PORT), Ctrl-C stops it
	@exec $(PYTHON) -m config.run --end-with-parent

# Both kinds at once, for much of what a browser does is waiting; one after the other on a server that they would share.
test: ready ## every test, browser included
	@$(MAKE) --no-print-directory -j $(if $(DATABASE_URL),1,2) unit e2e

unit: ready ## the tests without a browser
	@$(PYTHON) -m pytest -n 3 -m "not e2e and not drill"

e2e: ready ## the tests in a real browser
	@$(PYTHON) -m pytest -n 1 -m "e2e and not drill" tests/e2e

check: ready ## format, lint, types, imports, migrations, generated files, templates, lock file
	@$(PYTHON) -m checks

openapi: ready ## write docs/openapi.yaml anew
	@$(PYTHON) -m checks.openapi --write

drill: ready ## the long forms of the drills
	@$(PYTHON) -m pytest -m "drill"

bench: ready ## the measurements of docs, against their peers
	@$(PYTHON) -m benchmarks.run

format: ready ## let ruff format and mend what it can
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format .

lock: ## pin pyproject.toml's dependencies, with hashes, into requirements.lock
	@"$$(bin/bootstrap uv)" pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--python-version 3.11 --group dev pyproject.toml --output-file requirements.lock

ready: .venv/ready

.venv/ready: requirements.lock bin/bootstrap
	@bin/bootstrap

clean: ## remove what the tests and checks left (never the product's data)
	@rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results .data/test .data/test-* .data/e2e*

picture: ready ## the README's picture, beside a running product on PORT
	@$(PYTHON) -m tests.support.picture http://127.0.0.1:$(PORT)
