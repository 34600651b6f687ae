# Assetwire: every command of the project. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

LOCAL  := .local
VENV   := $(LOCAL)/venv
STACK  := $(LOCAL)/stack
SAM    := $(LOCAL)/sam
EXIFTOOL := $(LOCAL)/exiftool
SHARP  := $(LOCAL)/sharp
UV     := $(LOCAL)/uv/bin/uv
PYTHON  = $(shell scripts/find-python)
# The machine that functions are built for: arm64 on AWS. `assetwire local up` builds for the machine it runs on.
ARCH   ?= arm64
STAGE  ?= default
STACK_NAME ?= $(if $(filter default,$(STAGE)),assetwire,assetwire-$(STAGE))
# Which pair signs: the one that is there, or A or B while there are two.
KEYS   := $(LOCAL)/keys/$(STACK_NAME)
SLOT   ?= $(sort $(patsubst $(KEYS)/SigningKey%.public.pem,%,$(wildcard $(KEYS)/SigningKey?.public.pem)))
public_key = "\"$$(cat $(KEYS)/SigningKey$(1).public.pem 2>/dev/null)\""

export SAM_CLI_TELEMETRY := 0
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/$(LOCAL)/uv/bin:$(PATH)
# An environment that is active elsewhere, or set by a tool, is not this project's.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

.PHONY: help setup demo test check bench corpus lock format build validate deploy down clean

help: ## List the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.done $(STACK)/.done $(SAM)/.done $(EXIFTOOL)/.done ## Install everything into .local/ (no system packages, no Docker)

demo: setup ## Deploy to the embedded stack, upload the sample photographs, follow each to its signed URL
	assetwire demo

# Three at work on two cores: one has the end-to-end tests for itself, and mostly waits for their stack.
test: setup check validate ## Every test: static checks, unit, contracts, crash points, template, end to end with IAM enforced
	pytest -n 3 -m slow

check: $(VENV)/.done ## Offline checks in under a minute: format, lint, types, fast tests
	ruff format --check .
	ruff check .
	mypy
	pytest -n 2 -m "not slow" tests/unit tests/template

bench: setup $(SHARP)/.done ## Side-by-side benchmarks; each prints a ratio
	python -m bench

corpus: $(VENV)/.done ## Inspect every file below DIR=folder, each with its time and memory, against the bounds
	@test -n "$(DIR)" || { echo "say which folder: make corpus DIR=folder" >&2; exit 1; }
	assetwire corpus "$(DIR)"

format: $(VENV)/.done ## Format and fix what can be fixed
	ruff format .
	ruff check --fix .

build: setup ## Build functions and layers for AWS (ARCH=arm64|x86_64)
	ASSETWIRE_ARCH=$(ARCH) $(SAM)/bin/sam build --parallel --parameter-overrides Arch=$(ARCH) Embedded=false

validate: setup ## Validate the template with SAM's own linter
	$(SAM)/bin/sam validate --lint --region us-east-1

deploy: build ## Deploy to AWS with samconfig.toml (STAGE=default|prod); see docs/operations.md
	@test "$(SLOT)" != "A B" || { echo "two pairs are in $(KEYS): say which one signs, SLOT=A or SLOT=B" >&2; exit 1; }
	@test -f "$(KEYS)/SigningKey$(SLOT).public.pem" || { echo "no public key in $(KEYS): run 'assetwire keys init --stack $(STACK_NAME)' first" >&2; exit 1; }
	$(SAM)/bin/sam deploy --config-env $(STAGE) --stack-name $(STACK_NAME) \
		--parameter-overrides Arch=$(ARCH) SigningPublicKeyA=$(call public_key,A) \
		SigningPublicKeyB=$(call public_key,B) SigningSlot=$(SLOT) $(PARAMETERS)

down: ## Stop everything that demo or `assetwire local up` started
	@if [ -x $(VENV)/bin/assetwire ]; then $(VENV)/bin/assetwire local down; else echo "nothing runs: the project is not set up"; fi

clean: down ## Stop, then remove the environments and what was built
	rm -rf $(LOCAL) .aws-sam

# --- environments -----------------------------------------------------------------------------------------------

$(UV): locks/uv.txt
	@test -n "$(PYTHON)" || exit 1
	"$(PYTHON)" -m venv --clear $(LOCAL)/uv
	$(LOCAL)/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@touch $(UV)

$(VENV)/.done: $(UV) locks/dev.txt pyproject.toml
	$(UV) venv --quiet --clear --python "$(PYTHON)" $(VENV)
	$(UV) pip install --quiet --python $(VENV)/bin/python --require-hashes -r locks/dev.txt
	$(UV) pip install --quiet --python $(VENV)/bin/python --no-deps --editable .
	@touch $@

$(STACK)/.done: $(UV) locks/stack.txt
	$(UV) venv --quiet --clear --python "$(PYTHON)" $(STACK)
	$(UV) pip install --quiet --python $(STACK)/bin/python --require-hashes -r locks/stack.txt
	@touch $@

$(SAM)/.done: $(UV) locks/sam.txt
	$(UV) venv --quiet --clear --python "$(PYTHON)" $(SAM)
	$(UV) pip install --quiet --python $(SAM)/bin/python --require-hashes -r locks/sam.txt
	@touch $@

NPM_CI = npm ci --loglevel=error --ignore-scripts --no-audit --no-fund --no-update-notifier --cache .npm

# The independent writer of metadata that the contract tests read after: npm brings it, perl runs it.
$(EXIFTOOL)/.done: $(VENV)/.done $(wildcard tests/exiftool/*.json) tests/exiftool/.npmrc
	@command -v perl >/dev/null || echo "warning: no perl here: 'make test' needs it to run exiftool; nothing else does" >&2
	@rm -rf $(EXIFTOOL) && mkdir -p $(EXIFTOOL)
	@cp tests/exiftool/package.json tests/exiftool/package-lock.json tests/exiftool/.npmrc $(EXIFTOOL)
	cd $(EXIFTOOL) && $(NPM_CI)
	@rm -rf $(EXIFTOOL)/.npm && touch $@

# What rendering is measured beside: `make bench` alone needs it.
$(SHARP)/.done: $(VENV)/.done $(wildcard bench/sharp/*) bench/sharp/.npmrc
	@rm -rf $(SHARP) && mkdir -p $(SHARP)
	@cp bench/sharp/* bench/sharp/.npmrc $(SHARP)
	cd $(SHARP) && $(NPM_CI)
	@rm -rf $(SHARP)/.npm && touch $@

# --- locks: hashes for every platform, versions shared by all environments ---------------------------------------

LOCKED = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml

lock: $(UV) ## Resolve the dependencies anew and write locks/ and the layers' requirements.txt
	$(LOCKED) --python-version 3.11 --group test --group lint -o locks/dev.txt $(LOCK_OPTIONS)
	$(LOCKED:pyproject.toml=) --python-version 3.11 --group stack -o locks/stack.txt $(LOCK_OPTIONS)
	$(LOCKED:pyproject.toml=) --python-version 3.11 --group sam -o locks/sam.txt $(LOCK_OPTIONS)
	$(LOCKED:pyproject.toml=) --python-version 3.11 --group runtime -c locks/dev.txt --no-emit-package botocore -o layers/runtime/requirements.txt
	$(LOCKED:pyproject.toml=) --python-version 3.11 --group imaging -c locks/dev.txt -o layers/imaging/requirements.txt
	$(LOCKED:pyproject.toml=) --python-version 3.11 --group video -c locks/dev.txt -o layers/video/requirements.txt
	echo uv==0.13.9 | $(LOCKED:pyproject.toml=) --python-version 3.11 -o locks/uv.txt -
