# Every step of CI is a target here; CI adds nothing. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.stamp
LOCKS := lambda/requirements.txt requirements/dev.txt
VOICE := .venv-voice/bin/python
NPM_CI := npm ci --silent --ignore-scripts --no-audit --no-fund --legacy-peer-deps
SCREENS := tests/browser/node_modules/.package-lock.json
export PYTHONPATH := lambda:.

.DEFAULT_GOAL := help
.PHONY: help setup run run-voice talk run-aws test check lint format types content models models-check teach transcripts package lock \
        clean build-SkillFunction build-TextsConsumer conformance conformance-setup node-setup sam-setup bench handout opt-in score show release-check \
        voice-setup hear test-voice

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

run: setup $(SCREENS)  ## rehearse in a web page on 127.0.0.1: no account, no key
	@$(PY) -m simulator --web

# What draws an Echo Show's screens, where npm is here; without it the page shows their words and says so.
$(SCREENS): tests/browser/package-lock.json
	@command -v npm >/dev/null || { echo "No npm here, so the page will show a screen's words instead of the screen."; exit 0; }; \
	echo "Fetching what draws an Echo Show's screens (once) ..."; \
	cd tests/browser && $(NPM_CI) --fetch-retries=1 --fetch-retry-maxtimeout=2000 --fetch-timeout=60000 >/dev/null 2>&1 \
	  || echo "It could not be fetched, so the page will show a screen's words instead. The next start tries again."

run-voice: voice-setup $(SCREENS)  ## the same page as a smart speaker: speak, and hear the answer (fetches a voice once)
	@$(VOICE) -m simulator --web --voice

talk: setup  ## the same conversation in a terminal; `make talk < file` reads a script
	@$(PY) -m simulator

run-aws: setup  ## talk in the terminal; texts go through AWS's own interfaces, stood in for on loopback
	@$(PY) -m simulator --aws

# ---- what a machine makes -------------------------------------------------------------------------------------------

models: setup  ## compile what people may say: Amazon's model, the carriers, the crisis lexicon, the listening index
	@$(PY) -m tools.models
	@$(PY) -m tools.lexicon
	@$(PY) -m tools.train

teach: setup .venv-teach/.stamp  ## teach the closer look anew (an hour; fetches PyTorch once), then run `make models`
	@.venv-teach/bin/python -m tools.teach

.venv-teach/.stamp: requirements/teach.txt
	@echo "Fetching PyTorch into .venv-teach (some minutes, only when its list changes) ..."
	@$(PYTHON) -m venv .venv-teach
	@.venv-teach/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/teach.txt
	@touch $@

transcripts: setup  ## play every dialog and write the transcripts people review
	@$(PY) -m tools.transcripts

handout: setup  ## all answers with their sources as one page, build/handout.html
	@$(PY) -m tools.handout

package: setup  ## stage build/lambda, what runs on AWS, and zip it
	@$(PY) -m tools.package --into build/lambda --zip build/lambda.zip

build-SkillFunction build-TextsConsumer:  # `sam build` calls these, from this folder: both functions ship the same code
	@$(PYTHON) -m tools.package --into "$(ARTIFACTS_DIR)"

lock:  ## resolve the dependencies anew, with hashes (needs uv)
	@for name in lambda/requirements requirements/dev requirements/sam requirements/voice; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --quiet $$name.in -o $$name.txt; done

# ---- checks ---------------------------------------------------------------------------------------------------------

check: setup lint types content models-check  ## everything that needs no conversation

lint:
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet . || { echo "run: make format"; exit 1; }

format: setup  ## lay the code out
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .

types:
	@MYPYPATH=lambda:.:tests $(VENV)/bin/mypy

content: setup  ## check the words as an editor would
	@$(PY) -m tools.content

models-check: setup
	@$(PY) -m tools.models --check
	@$(PY) -m tools.lexicon --check
	@$(PY) -m tools.teach --check
	@$(PY) -m tools.train --check
	@$(PY) -m tools.transcripts --check

show: setup  ## an answer as heard and what it rests on: TOPIC=right_to
	@$(PY) -m tools.content --show $(TOPIC)

opt-in: setup  ## the picture of the consent that a sender's registration asks for, build/opt-in.png
	@$(PY) -m tools.opt_in

release-check: setup  ## list what a person must still confirm before a store release
	@$(PY) -m tools.release

test: check  ## all checks and all tests
	@$(PY) -m pytest -n 4 --dist loadfile

score: setup  ## score QUESTIONS=file.csv (utterance,topic,kind) the way a free question goes
	@$(PY) -m tools.score $(QUESTIONS)

# ---- longer things, and things that need more than Python --------------------------------------------------------------

bench: setup  ## ratios against a hello-world skill, load on the texting, speed of the listening
	@$(PY) -m bench

conformance: setup node-setup conformance-setup  ## other people's test clients against the skill on loopback
	@$(PY) -m pytest tests/conformance

conformance-setup: build/conformance-venv/.stamp
build/conformance-venv/.stamp: tests/conformance/requirements.txt tests/conformance/requirements-build.txt lambda/requirements.txt
	@$(PYTHON) -m venv build/conformance-venv
	@build/conformance-venv/bin/python -m pip install -q --require-hashes -r tests/conformance/requirements-build.txt
	@build/conformance-venv/bin/python -m pip install -q --require-hashes --no-build-isolation -r tests/conformance/requirements.txt
	@touch $@

node-setup:  ## Node packages the tests use: Amazon's schemas, axe, the APL renderer, test clients
	@for d in tests/node tests/browser tests/conformance; do [ ! -f $$d/package.json ] || (cd $$d && $(NPM_CI)); done

voice-setup: .venv-voice/.stamp  ## an offline voice and recogniser in their own environment (about 560 MB)
.venv-voice/.stamp: requirements/voice.txt
	@echo "Fetching the voice into .venv-voice (some minutes, only when its locked dependencies change) ..."
	@$(PYTHON) -m venv .venv-voice
	@$(VOICE) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/voice.txt
	@touch $@

hear: voice-setup  ## speak the frozen questions in three voices and hear them back; LIMIT=240 for a sample
	@$(VOICE) -m tools.hear $(if $(LIMIT),--limit $(LIMIT)) $(if $(VOICES),--voices $(VOICES))

test-voice: voice-setup  ## the page with the real voice and recogniser, in Chromium
	@$(VOICE) -m pytest -o filterwarnings=error tests/voice/voice_loop.py tests/voice/voice_engines.py

sam-setup: .venv-sam/.stamp  ## the SAM command line in its own environment
.venv-sam/.stamp: requirements/sam.txt
	@$(PYTHON) -m venv .venv-sam
	@.venv-sam/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/sam.txt
	@touch $@

clean:  ## remove everything made here
	@rm -rf build .venv .venv-sam .venv-teach .venv-voice tests/node/node_modules tests/browser/node_modules tests/conformance/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
