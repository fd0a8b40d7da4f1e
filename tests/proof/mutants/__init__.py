"""The mutants of `make proof`."""

from __future__ import annotations

from tests.proof.mutants import (  # noqa: F401 -- they register
    audit,
    backups,
    caching,
    database,
    jobs,
    pages,
    products,
    public_reads,
    requests,
    tenancy,
    users,
)
from tests.proof.mutants.mutant import MUTANTS as MUTANTS
