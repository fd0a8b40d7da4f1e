# `make run` and `make test` install what they need in .venv and keep their data in var/.
PYTHON ?= python3
BIN := .venv/bin
# Two for each processor: tests wait for servers as long as they compute.
TEST_JOBS ?= $(shell $(PYTHON) -c 'import os; print(2 * os.cpu_count())')

.PHONY: run test proof drill bench bench-before bench-catalogue screenshots lint format types check unit lock programs clean

run: .venv/run
	@exec $(BIN)/python manage.py serve

test: lint types check unit

# Both write a summary into docs/, which they print, and whole tables into docs/figures/.
proof: .venv/test programs
	@$(BIN)/pytest -n $(TEST_JOBS) -m exhaustive tests && $(BIN)/pytest tests/proof; failed=$$?; cat docs/proof.md; exit $$failed

drill: .venv/test programs
	@$(BIN)/pytest tests/drills; failed=$$?; cat docs/reliability.md; exit $$failed

# For a machine with nothing else to do. BENCH_OPTIONS: see python -m bench --help.
bench: PROGRAMS := wrk
bench: .venv/test programs
	@$(BIN)/python -m bench $(BENCH_OPTIONS)

# Keeps the parts of a request, to compare them after a change.
bench-before: .venv/test
	@$(BIN)/python -m bench --only breakdown --before $(BENCH_OPTIONS)

bench-catalogue: .venv/test
	@for part in images imports search; do $(BIN)/python -m bench.catalogue.$$part || exit; done

# Of the demo shops, for the README.
screenshots: .venv/test
	@$(BIN)/python -m tests.browser.screenshots

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: .venv/test
	$(BIN)/mypy

# Production settings: no embedded PostgreSQL, no generated secret, a public base domain.
check: .venv/test
	BASE_DOMAIN=shops.example DATABASE_URL=postgres://app@localhost/none \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	EMAIL_URL=smtp+tls://user:password@mail.shops.example:587 \
	JWT_KEYS=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check

unit: .venv/test
	$(BIN)/pytest -n $(TEST_JOBS) --dist worksteal --durations 15 --cov --cov-report=term --cov-fail-under=94

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pins every package with its hashes, without the URL of an index. The peers have our versions.
PEERS := $(wildcard bench/peers/*/requirements.in)
lock: .venv/test
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-annotate --no-header --quiet -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --constraint requirements.txt --universal \
	  --python-version 3.11 --upgrade --generate-hashes --no-annotate --no-header --quiet -o requirements-dev.txt
	for peer in $(PEERS:.in=); do $(BIN)/uv pip compile $$peer.in --constraint requirements.txt --universal \
	  --python-version 3.11 --upgrade --generate-hashes --no-annotate --no-header --quiet -o $$peer.txt || exit; done

# The programs that proof, drill and bench use, from Debian, which installs some of them into sbin.
export PATH := $(PATH):/usr/sbin
PROGRAMS := pgbouncer nginx sqlmap
programs:
	@(for program in $(PROGRAMS); do command -v $$program || exit; done) >/dev/null || \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PROGRAMS); } || \
	  { echo "This needs $(PROGRAMS): install them, or run as root on Debian." >&2; exit 1; }

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .coverage

# --no-deps: the lock has all dependencies, and pip 23 would resolve `coverage[toml]` past it.
# --only-binary: the requirements of builds are not locked.
# umask: as root, PostgreSQL runs as another user and reads its programs from .venv.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
  --require-hashes --no-deps --only-binary :all:

.venv/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Galleria needs Python 3.11 or later: make PYTHON=...")'
	@echo "Installing the packages of Galleria (once)"
	@umask 022; test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@umask 022; $(INSTALL) -r $<
	@touch $@

.venv/test: requirements-dev.txt .venv/run
	@echo "Installing the packages of its tests (once)"
	@umask 022; $(INSTALL) -r $<
	@touch $@
