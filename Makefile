# Two commands for a machine that has Python 3.11 or later, make and git:
#   make review   makes an environment and reviews the example (or REPO=path) with the embedded model
#   make test     makes the environments and runs every check and every test but the long ones
# and one for each of these:
#   make test-long   the tests that start several servers
#   make eval        reviews small repositories with planted weaknesses with the embedded model,
#                    and writes the figures into docs/quality.md (EVAL="--base-url ..." asks another)
#   make docs        builds README, docs and examples as a site in build/site
#   make man         writes the manual pages anew, from the options of the commands

PYTHON ?= python3
VENV   ?= .venv
VLLM   ?= .venv-vllm
REPO   ?= examples/orders-service
OUT    ?= scout-report
BIN    := $(VENV)/bin
WITH_SERVERS := tests/e2e tests/engines tests/serving tests/browser

.PHONY: review test test-long eval check unit unit-alone unit-with-servers docs format man clean
.DELETE_ON_ERROR:

review: $(VENV)/.review
	$(BIN)/scout-review review $(REPO) --out $(OUT) --engine $(or $(ENGINE),auto)

test: check unit

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Tests that start servers and browsers wait a lot: the others run beside them.
unit: $(VENV)/.dev $(VLLM)/.installed $(VENV)/.chromium
	$(MAKE) --no-print-directory -j2 unit-alone unit-with-servers

unit-alone:
	$(BIN)/python -m pytest tests $(addprefix --ignore=,$(WITH_SERVERS)) $(PYTEST)

unit-with-servers:
	@mkdir -p build
	@SCOUT_TEST_VLLM=$(VLLM) SCOUT_TEST_CHROMIUM="$$(cat $(VENV)/.chromium)" \
	  $(BIN)/python -m pytest $(WITH_SERVERS) $(PYTEST) > build/with-servers.log 2>&1; \
	  status=$$?; cat build/with-servers.log; exit $$status

test-long: $(VENV)/.dev $(VLLM)/.installed
	SCOUT_TEST_VLLM=$(VLLM) $(BIN)/python -m pytest -m long $(PYTEST)

eval: $(VENV)/.dev
	$(BIN)/python -m benchmarks.security --write $(EVAL)

man: $(VENV)/.dev
	rm -rf man && mkdir man
	$(BIN)/click-man --target man --man-version 0.1.0 --man-date 2026-11-22 scout-review

docs: $(VENV)/.dev
	rm -rf build/docs && mkdir -p build/docs
	git ls-files -z --cached --others --exclude-standard --deduplicate | tar --null -T - -cf - | tar -xf - -C build/docs
	$(BIN)/python -m properdocs build --quiet --strict -f mkdocs.yml

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; name one with PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.review: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[embedded]"
	touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@

$(VENV)/.chromium: tests/browser/install.py | $(VENV)/.dev
	$(BIN)/python tests/browser/install.py $@

$(VLLM)/.installed: tests/vllm_peer/requirements.txt tests/vllm_peer/install.py tests/vllm_peer/make_model.py
	$(PYTHON) tests/vllm_peer/install.py $(VLLM)
	touch $@

clean:
	rm -rf $(VENV) $(VLLM) dist build scout-report .mypy_cache .pytest_cache .ruff_cache .hypothesis
