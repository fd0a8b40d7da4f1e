"""The mutants of `make proof`."""

from __future__ import annotations

from tests.proof.mutants import audit, backups, database, jobs, products, requests, tenancy, users  # noqa: F401 -- they register
from tests.proof.mutants.mutant import MUTANTS as MUTANTS
