# Every step of CI is a target here; CI adds nothing. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.stamp
LOCKS := lambda/requirements.txt requirements/dev.txt
export PYTHONPATH := lambda:.

.DEFAULT_GOAL := help
.PHONY: help setup run talk test check lint types content models models-check transcripts package lock clean \
        conformance conformance-setup sam-setup bench soak handout score

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 22

setup: $(STAMP)  ## make .venv from the locked dependencies (skipped when nothing changed)

$(STAMP): $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "This project needs Python 3.11 or newer. Try: make PYTHON=python3.13"; exit 1; }
	@echo "Setting up $(VENV) (about a minute, only when the locked dependencies change) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

run: setup  ## rehearse in a web page on 127.0.0.1: no account, no key
	@$(PY) -m simulator --web

talk: setup  ## the same conversation in a terminal; `make talk < file` reads a script
	@$(PY) -m simulator
