# Everything starts here: `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help demo test test-sqlite test-postgres test-postgres-aside test-long lint pictures same-pages run messages theme lock
MAKEFLAGS += --no-print-directory

PORT ?= 8000
BASE ?= HEAD
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
# Named after the lock file's content: a changed lock installs again, a fresh checkout's file dates do not.
fingerprint = $(shell cksum < .requirements/$(1).txt | tr ' ' -)
RUNTIME := $(VENV)/.runtime-$(call fingerprint,runtime)
DEVELOPMENT := $(VENV)/.development-$(call fingerprint,development)
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
# Tests and checks never see a developer's `.env` or database. They keep compiled modules: rewriting the tests' asserts takes five seconds.
CLEAN := env -u DATABASE_URL -u EDN_CLOCK_START -u EDN_CLOCK_ORIGIN -u PYTHONDONTWRITEBYTECODE EDN_MODE=test
PYTEST := $(BIN)/pytest -n auto

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: $(RUNTIME) ## Serve a demonstration on http://localhost:$PORT (default 8000)
	@$(BIN)/python -m edn_portal.demo.environment "$(PORT)"
	@$(MANAGE) prepare_demo
	@exec $(MANAGE) serve --port "$(PORT)"

run: $(RUNTIME) ## Serve like production: settings from the environment, see docs/operations.md
	@$(MANAGE) check --deploy --fail-level WARNING
	@$(MANAGE) migrate --check || { echo 'The database is behind this release: run `$(MANAGE) migrate` first.' >&2; exit 1; }
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@exec $(MANAGE) serve --port "$(PORT)"

# Both databases at once: whoever waits for a server, a browser or a lock leaves a core idle. PostgreSQL's words follow SQLite's.
test: lint ## Check style and types, then run every test on SQLite and on PostgreSQL
	@words=$$(mktemp) && trap 'rm -f "$$words"' EXIT; \
	$(MAKE) -j2 -k test-sqlite test-postgres-aside WORDS="$$words"; status=$$?; \
	cat "$$words"; exit $$status

test-postgres-aside:
	@$(MAKE) test-postgres >"$(WORDS)" 2>&1

test-sqlite: $(DEVELOPMENT)
	@echo "== On SQLite"
	@$(CLEAN) $(PYTEST) $(ARGS)

test-postgres: $(DEVELOPMENT)
	@echo "== On PostgreSQL"
	@$(CLEAN) $(BIN)/python tests/postgres.py $(PYTEST) $(ARGS) || { \
		status=$$?; \
		[ $$status -eq 69 ] || exit $$status; \
		echo '!!!!!!!!!! NO POSTGRESQL: half of the tests did NOT run (Debian: apt-get install postgresql) !!!!!!!!!!'; \
		[ -z "$$CI" ]; \
	}

# Days on which a test that counts on the day before it would fail: no such day next year, no business day, the year's last.
test-long: lint ## Everything on both databases, with new random examples, with plain SQL, and as of days that are awkward
	@BASE="$(BASE)" $(MAKE) test-sqlite test-postgres ARGS="--long $(ARGS)"
	@echo "== With plain SQL" && EDN_PLAIN_SQL=1 $(MAKE) test-sqlite
	@for day in 2028-02-29 2028-11-18 2028-12-31; do \
		echo "== As of $$day" && $(MAKE) test-sqlite ARGS="--as-of $$day" || exit; \
	done

lint: $(DEVELOPMENT) ## ruff, djade, mypy, missing migrations, Django's deployment checks
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@find templates -name '*.html' -exec $(BIN)/djade --target-version 6.0 --check {} +
	@$(CLEAN) $(BIN)/mypy
	@$(CLEAN) $(MANAGE) makemigrations --check --dry-run
	@$(CLEAN) EDN_MODE=production EDN_ENV_FILE=docs/production.env \
		SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
		$(MANAGE) check --deploy --fail-level WARNING

pictures: $(DEVELOPMENT) ## Renew the pictures of the help, of the README and of shared links (needs Chromium)
	@EDN_KEEP_PICTURES=1 $(CLEAN) $(BIN)/pytest -n 0 --long tests/test_pictures.py

same-pages: $(DEVELOPMENT) ## Show that every page's HTML is the same as at the revision $BASE (default HEAD)
	@$(BIN)/python tests/same_pages.py against "$(BASE)"

messages: $(DEVELOPMENT) ## Collect and compile the texts to translate (needs gettext)
	@$(CLEAN) $(MANAGE) makemessages --all --no-obsolete --no-wrap --add-location file \
		--extension html,txt,py,jinja \
		--ignore '$(VENV)' --ignore 'static/*' --ignore 'tests/*'
	@$(CLEAN) $(MANAGE) compilemessages --ignore '$(VENV)'

theme: ## Compile static/src into static/edn (needs Node and npm)
	@cd static/src && npm ci --no-audit --no-fund && npm run build

lock: ## Renew .requirements/*.txt from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo 'make lock needs uv: https://docs.astral.sh/uv/'; exit 1; }
	@uv pip compile --quiet --upgrade --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
		--no-header --output-file .requirements/runtime.txt pyproject.toml
	@uv pip compile --quiet --upgrade --universal --python-version 3.12 --generate-hashes --no-emit-index-url \
		--no-header --group dev --output-file .requirements/development.txt pyproject.toml

$(RUNTIME): | $(BIN)/python
	@echo 'Installing what the portal needs…'
	@$(INSTALL) -r .requirements/runtime.txt
	@touch $@

$(DEVELOPMENT): | $(BIN)/python
	@echo 'Installing what development needs…'
	@$(INSTALL) -r .requirements/development.txt
	@touch $@

# The first interpreter that is new enough and really runs: a pyenv shim on the PATH may not.
FITS := import sys, sqlite3, ssl, venv, ensurepip; sys.exit(sys.version_info < (3, 12))
$(BIN)/python:
	@for python in "$$PYTHON" python3.14 python3.13 python3.12 python3 "$$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do \
		[ -n "$$python" ] && "$$python" -c '$(FITS)' >/dev/null 2>&1 || continue; \
		echo "Making $(VENV) with $$("$$python" --version)"; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	if command -v uv >/dev/null; then exec uv venv --quiet --clear --seed --python '>=3.12' $(VENV); fi; \
	echo 'The portal needs Python 3.12 or newer, with venv. Install it (Debian: python3 and python3-venv), or uv,' >&2; \
	echo 'or name one: make PYTHON=/path/to/python3.13 demo' >&2; \
	exit 1
