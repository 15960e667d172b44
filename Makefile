# Two commands matter: `make demo` and `make test`. Each makes its own virtual environment from the lock files.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= out/demo
WORKERS ?= 2
PIP    := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test lint types floors check format coverage bench docs docs-serve errors lock wheel bundle clean system

##@ Use it
demo: $(VENV)/run.stamp ## build the demo zone, serve it, print a sign-in for each role
	$(BIN)/wutong demo --out $(OUT)

##@ Check it
test: $(VENV)/dev.stamp system check ## lint, types, floors and every test: what CI runs
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile
	PYTHONPATH=tests/site WUTONG_TEST_DB=postgres $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --reuse-db -m "not browser" tests/site
check: lint types floors ## everything but the tests
lint: $(VENV)/dev.stamp ## ruff
	$(BIN)/ruff check .
types: $(VENV)/dev.stamp ## mypy, strict
	$(BIN)/mypy
floors: $(VENV)/dev.stamp ## import-linter: imports go down only
	$(BIN)/lint-imports --no-cache
coverage: $(VENV)/dev.stamp ## tests with branch coverage
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term-missing
bench: $(VENV)/dev.stamp ## the measures, as ratios in one run (minutes)
	$(BIN)/python benchmarks/run.py

##@ Work on it
format: $(VENV)/dev.stamp ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
docs: $(VENV)/dev.stamp errors ## build the documentation into build/docs
	$(BIN)/mkdocs build --strict --site-dir build/docs
docs-serve: $(VENV)/dev.stamp ## serve the documentation while writing
	$(BIN)/mkdocs serve
errors: $(VENV)/dev.stamp ## write docs/errors.md from the message files
	$(BIN)/python scripts/gen_errors.py
lock: ## resolve requirements/*.lock again (needs uv)
	$(PYTHON) scripts/lock.py
wheel: $(VENV)/dev.stamp ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation
bundle: wheel ## pack all a server without the internet needs into dist/
	$(PYTHON) scripts/bundle.py "$$(ls -t dist/wutong-*.whl | head -1)" dist/wutong-bundle.tar
system: ## system packages of the browser and database tests (Debian, root)
	@sh scripts/system_packages.sh
clean: ## remove everything made here
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	    /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# `venv --without-pip` needs no ensurepip, which bare Debian leaves out; the pip outside installs into it.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Wutong needs Python 3.11 or newer; say which with: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 \
	    || { echo "pip is missing: install it (Debian: apt-get install python3-pip) and try again." >&2; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)
$(VENV)/run.stamp: requirements/run.lock pyproject.toml | $(BIN)/python
	@if [ ! -e $(VENV)/dev.stamp ]; then $(PIP) install --quiet --require-hashes -r requirements/run.lock; fi
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
$(VENV)/dev.stamp: requirements/dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements/dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
