# The order of things; what each does is in vipstack's commands (`.venv/bin/vipstack --help`).
#
#   make install   the Python environment, for running stacks on your own cloud
#   make demo      a real OpenStack on this machine, a stack on it, a director killed, the outage measured
#   make test      the whole ladder; its quick rungs alone: make quick
#
# Every target can be interrupted and run again.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
VIPSTACK := $(RUN) vipstack
ROOMS := components drill environments foreseen guestconfig lab review toolchain vipstack
PIP := $(RUN) pip --quiet --disable-pip-version-check --no-input install
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(RUN) uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url

# Containers set it as a rule, and then every start of every Python program here compiles all of our modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup install toolchain lint format lock unit golden program daemons quick drill-test cli-test lab-test lab-full test-ovn test demo bench drill drill-full \
	lab-up lab-down clean

help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile

# --- set-up

# Compiled here, since whoever runs `pulumi` may have forbidden Python to keep what it compiled.
setup: install
install: $(VENV)/installed
	@$(RUN) compileall -q $(ROOMS)

$(VENV)/installed: requirements.lock pyproject.toml
	@sh toolchain/ensure-python $(PYTHON)
	@echo "python: installing the locked packages into $(VENV)"
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(VENV)/installed-lint: requirements-lint.lock $(VENV)/installed
	@echo "python: installing the linters into $(VENV)"
	@$(PIP) --require-hashes -r requirements-lint.lock
	@touch $@

toolchain: install
	@$(VIPSTACK) toolchain

# --- the ladder: each rung says its name and how long it took

RUNG = @echo "== $@"; begun=$$(date +%s); $(1) || { echo "== $@ failed after $$(($$(date +%s) - begun)) s"; exit 1; }; \
	echo "== $@ passed in $$(($$(date +%s) - begun)) s"

lint: $(VENV)/installed-lint
	$(call RUNG, $(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) pyright)

# Four at once, also on two cores: these tests wait more than they work.
unit daemons: WORKERS := --numprocesses 4
program: WORKERS := --numprocesses 2
unit daemons golden program: install
	$(call RUNG, $(RUN) pytest --quiet $(WORKERS) tests/$@)

# Under a minute together; the other rungs start daemons, and take minutes.
quick: unit golden program

# What every change must pass; the tests marked thorough are for a release, and for who works on what they look at.
lab-test: install
	$(call RUNG, $(VIPSTACK) toolchain && $(VIPSTACK) lab up && \
		$(RUN) pytest --verbose --durations=30 -m "not thorough" tests/lab)

lab-full: install
	$(call RUNG, $(VIPSTACK) toolchain && $(VIPSTACK) lab up && $(RUN) pytest --verbose --durations=30 tests/lab)

# Not part of `make test`: the lab's other flavour, a cloud of its own. It is taken down again whatever happens.
test-ovn: install
	@trap '$(VIPSTACK) lab down' EXIT; trap 'exit 130' INT TERM; \
	$(VIPSTACK) toolchain && $(VIPSTACK) lab up --network ovn && $(RUN) pytest --verbose --capture=no tests/ovn

# Without a cloud: pairs in namespaces with their real daemons, watched by the real probe. They wait for timers; each
# file's pair is its own, so three files run at once. No more, for the probe measures tenths of a second.
drill-test: install
	$(call RUNG, $(RUN) pytest --quiet --numprocesses 3 --dist loadfile tests/drill)

# Without a cloud: the real CLI with backends of this machine, states of the previous release, the package, the rules.
cli-test: install
	$(call RUNG, $(VIPSTACK) toolchain && $(RUN) pytest --quiet --numprocesses 2 tests/cli)

# One after the other, cheapest first, also under `make -j`. The lab is taken down whatever happens.
test: install
	@trap '$(VIPSTACK) lab down' EXIT; trap 'exit 130' INT TERM; \
	for rung in lint unit golden program daemons drill-test cli-test lab-test; do \
		$(MAKE) --no-print-directory $$rung || exit 1; \
	done

# --- the lab, and what runs on it

lab-up: install
	@$(VIPSTACK) lab up

lab-down: install
	@$(VIPSTACK) lab down

demo: install
	@$(VIPSTACK) demo

drill: install
	@$(VIPSTACK) drill lvs-dr

# Hours on emulated guests; interrupted, it goes on where it was.
drill-full: install
	@$(VIPSTACK) drill-full --out docs/drills.md

bench: install
	@$(VIPSTACK) bench --out docs/benchmarks.md

# --- upkeep

format: $(VENV)/installed-lint
	@$(RUN) ruff format . && $(RUN) ruff check --fix .

lock: $(VENV)/installed-lint
	@$(COMPILE) pyproject.toml --extra build --extra test -o requirements.lock
	@$(COMPILE) --group lint -c requirements.lock -o requirements-lint.lock
	@$(COMPILE) toolchain/go.in -o toolchain/go.lock

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache
