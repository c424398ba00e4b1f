# The few commands that people use every day. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
FIRST ?= 0
COUNT ?= 1000

.DEFAULT_GOAL := help
.PHONY: help setup test deep record check format types lint docs pictures tables bench clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-8s %s\n", $$1, $$2}'

setup:  ## make .venv with everything for development
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[test,dev]'

test:  ## run all tests
	$(BIN)/pytest

record:  ## write the golden files anew; read the diff before you commit it
	$(BIN)/pytest --record

check:  ## check the shipped policies and fee schedules, and run their examples
	$(BIN)/ccm-policy check
	$(BIN)/ccm-policy fees check
	$(BIN)/ccm-policy test

format:  ## lay out policies and Python in canonical form
	$(BIN)/ccm-policy format policies
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types:  ## mypy --strict
	$(BIN)/mypy

lint:  ## ruff, without changing anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

docs:  ## build the documentation, strictly
	$(BIN)/ccm-policy site build

pictures:  ## take the pictures of the README anew, with Chromium
	$(BIN)/ccm-policy report examples/clinic-2026-03.jsonl --out build/month.html
	$(BIN)/ccm-policy explain examples/clinic-2026-03.jsonl --patient 0131 --format html --out build/packet.html
	for page in month packet; do chromium --headless=new --no-sandbox --hide-scrollbars --window-size=900,760 \
	  --screenshot=docs/assets/pictures/$$page.png file://$(CURDIR)/build/$$page.html; done

tables:  ## write the grammar's tables anew, after a change of grammar.lark
	$(BIN)/python -c 'from ccm_policy.language.tables import ship; ship()'

deep:  ## hold the law, named facts and random policies to COUNT cases each, from number FIRST on
	$(BIN)/python -m tests.evaluate.test_law_of_whole_decisions clinic $(FIRST) $(COUNT)
	$(BIN)/python -m tests.evaluate.test_law_of_whole_decisions examples $(FIRST) $(COUNT)
	$(BIN)/python -m tests.evaluate.test_law_of_whole_decisions random $(FIRST) $(COUNT)
	$(BIN)/python -m tests.evaluate.test_law_of_whole_decisions practice $(FIRST) $(COUNT)
	$(BIN)/python -m tests.evaluate.test_unknowns_name_facts random $(FIRST) $(COUNT)
	$(BIN)/python -m tests.evaluate.test_each_minute_once $(FIRST) $(COUNT)
	$(BIN)/python -m tests.evaluate.test_no_checked_policy_fails $(FIRST) $(COUNT)
	$(BIN)/python -m tests.prove.test_terms_equal $(COUNT) $(FIRST)
	$(BIN)/python -m tests.prove.test_proofs_tried $(COUNT) $(FIRST)
	for source in programs clinic examples random selectors practice; do \
	  $(BIN)/python -m tests.compile.test_decisions_equal $$source $(FIRST) $(COUNT); done

bench:  ## print the benchmarks' figures (some 15 minutes; `python benchmarks/bench_panel.py` by itself takes hours)
	for f in $(filter-out benchmarks/bench_panel.py,$(wildcard benchmarks/bench_*.py)); do $(BIN)/python $$f; done
	$(BIN)/python benchmarks/bench_panel.py --patients 500

clean:  ## remove what was built
	rm -rf .venv build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
