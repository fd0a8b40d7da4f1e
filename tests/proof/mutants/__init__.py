from __future__ import annotations

from tests.proof.mutants.code_of_backups import BACKUPS
from tests.proof.mutants.code_of_identity import IDENTITY
from tests.proof.mutants.code_of_requests import REQUESTS
from tests.proof.mutants.code_of_tenancy import TENANCY
from tests.proof.mutants.database import DATABASE
from tests.proof.mutants.mutant import Mutant

MUTANTS: dict[str, Mutant] = {
    mutant.name: mutant
    for group in (DATABASE, TENANCY, IDENTITY, REQUESTS, BACKUPS)
    for mutant in group
}
