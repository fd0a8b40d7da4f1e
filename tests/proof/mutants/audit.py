"""Mutants of migrations, the audit and the system checks."""

from __future__ import annotations

from django.conf import settings

from apps.server import views
from apps.tenants import isolation, model_checks, privileges
from apps.tenants.constraints import RowLevelSecurity
from tests.proof.mutants.mutant import instead_of, mutant, replace

OF_AUDIT = "tests/apps/tenants/test_isolation.py"
OF_CHECKS = "tests/apps/tenants/test_checks.py"


@mutant("tests/apps/tenants/test_constraints.py::test_new_table_has_all_constraints")
@instead_of(RowLevelSecurity._statement)
def migration_forces_nothing(original, self, template, *args):
    """New tables do not force their row-level security."""
    return original(self, template.replace(", FORCE ROW LEVEL SECURITY", ""), *args)


@mutant(f"{OF_AUDIT}::test_migrate_repairs_the_privileges")
@instead_of(privileges._statements)
def privileges_never_revoked(original, *args):
    """A privilege that was granted by hand stays."""
    return [each for each in original(*args) if "REVOKE ALL ON ALL TABLES" not in repr(each)]


@mutant(f"{OF_AUDIT}::test_violation_is_found")
def audit_without_tables(patch):
    """Violations in tables are not reported."""
    replace(patch, isolation.find_violations, isolation.audit_role)


@mutant(OF_AUDIT)
@instead_of(isolation.find_violations)
def audit_without_role(_):
    """Powers of the role are not reported."""
    return [each for report in isolation.audit_tables() for each in report.violations]


@mutant(OF_AUDIT)
@instead_of(isolation.verify_isolation)
def audit_requires_nothing(_):
    """The server starts whatever the audit finds."""


@mutant(f"{OF_AUDIT}::test_readiness_depends_on_the_isolation")
def ready_without_isolation(patch):
    """`/readyz` is green whatever the audit finds."""
    patch.setattr(views, "find_violations", list)


@mutant(OF_CHECKS)
def check_left_out(patch):
    """A model without a policy passes the checks."""
    left = [
        rule
        for rule in model_checks.OWNED_MODEL_RULES
        if rule != model_checks._has_row_level_security
    ]
    patch.setattr(model_checks, "OWNED_MODEL_RULES", left)


@mutant(OF_CHECKS)
def checks_silenced(patch):
    """Errors of the tenancy checks are silenced."""
    silenced = [*settings.SILENCED_SYSTEM_CHECKS, "tenants.E002", "tenants.E006"]
    patch.setattr(settings, "SILENCED_SYSTEM_CHECKS", silenced)
