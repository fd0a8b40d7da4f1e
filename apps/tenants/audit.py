"""The walls as they stand in PostgreSQL: what start-up, /readyz and operators go by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from apps.tenants.catalogue import BACK_DOORS, ENDLESS_WAITS, HINTS, ROLE, Catalogue, rows
from apps.tenants.constraints import RowLevelSecurity, TenantReference
from apps.tenants.exceptions import UnsafeDatabase
from apps.tenants.grants import models_by_table, rights_on
from apps.tenants.models import Tenant, TenantOwnedModel


@dataclass
class TableReport:
    """One table's walls, each in a few words, and what is wrong with them."""

    table: str
    kind: str
    policy: str = "-"
    forced: str = "-"
    references: str = "-"
    unique_keys: str = "-"
    rights: str = "-"
    gaps: list[str] = field(default_factory=list)


def require_walls() -> None:
    """Raise UnsafeDatabase, with every gap and what to run, unless all walls stand."""
    gaps = find_gaps()
    if gaps:
        raise UnsafeDatabase(
            "Refusing to serve, the walls between shops have gaps: "
            + " ".join(gaps)
            + " Run `manage.py migrate` as the schema's owner, then `manage.py audit_isolation`."
        )


def find_gaps() -> list[str]:
    """Return every gap in the walls, a sentence each."""
    return audit_role() + [gap for report in audit_tables() for gap in report.gaps]


def audit_role() -> list[str]:
    """Return what the connected role and schema allow that the application must not be able to."""
    [(name, *powers, can_create, member_of, owns)] = rows(ROLE)
    words = ("is a superuser", "has BYPASSRLS", "has CREATEROLE", "has CREATEDB")
    gaps = [f"Role {name} {word}." for word, has in zip(words, powers, strict=True) if has]
    if can_create:
        gaps.append(f"Role {name} may create objects in the schema public.")
    if member_of:
        gaps.append(f"Role {name} is a member of {member_of}.")
    if owns:
        gaps.append(f"Role {name} owns {owns}.")
    gaps += [f"Role {name} has no {timeout}." for (timeout,) in rows(ENDLESS_WAITS)]
    return gaps + [sentence for (sentence,) in rows(BACK_DOORS)]


def find_hints() -> list[str]:
    """Return what an operator could close besides, on a server that allows it."""
    return [sentence for (sentence,) in rows(HINTS)]


def audit_tables() -> list[TableReport]:
    """Return a report of every table in the schema, of the expected ones that are missing too."""
    catalogue = Catalogue()
    expected = models_by_table()
    reports = [
        _report(catalogue, oid, name, expected.get(name), *facts)
        for oid, name, *facts in catalogue.tables
    ]
    missing = expected.keys() - {report.table for report in reports}
    return reports + [
        TableReport(table, _kind(expected[table]), gaps=[f"Table {table} does not exist."])
        for table in sorted(missing)
    ]


def _report(catalogue: Catalogue, oid: int, name: str, model: Any, *facts: Any) -> TableReport:
    enabled, forced, rights, public_rights = facts
    report = TableReport(name, _kind(model), forced="yes" if forced else "no")
    report.rights = " ".join(right[:3] for right in rights)
    if public_rights:
        report.gaps.append(f"Table {name} has rights granted to PUBLIC.")
    if set(rights) != rights_on(model):
        report.gaps.append(f"Table {name}: the role has {', '.join(rights) or 'no right'}.")
    columns = catalogue.column_rights.get(oid, [])
    report.rights += "".join(f" {right[:3]}({column})" for right, column in columns)
    if columns != [("UPDATE", column) for column in sorted(getattr(model, "app_columns", ()))]:
        report.gaps.append(f"Table {name}: the role has other rights on columns than declared.")
    if model is None and oid in catalogue.tenant_columns:
        report.gaps.append(f"Table {name} has a tenant but no model.")
    if report.kind != "shared":
        if not (enabled and forced):
            report.gaps.append(f"Table {name} lacks ENABLE or FORCE ROW LEVEL SECURITY.")
        report.policy = _audit_policies(report, model, catalogue.policies.get(oid, []))
    if report.kind == "tenant-owned":
        if not catalogue.tenant_columns.get(oid):
            report.gaps.append(f"Table {name} lacks a tenant_id that is NOT NULL.")
        report.references = _audit_references(report, catalogue, oid)
        report.unique_keys = _audit_unique_keys(report, catalogue.unique.get(oid, []))
    return report


def _audit_policies(report: TableReport, model: Any, policies: list[tuple[Any, ...]]) -> str:
    walls = [c for c in model._meta.constraints if isinstance(c, RowLevelSecurity)]
    expected = {name: rule for wall in walls for name, rule in wall.policies().items()}
    found = {name: _as_rule(*policy) for name, *policy in policies}
    for name in expected.keys() | found.keys():
        if _plain(expected.get(name, "")) != _plain(found.get(name, "")):
            report.gaps.append(f"Table {report.table}: policy {name} is not what the model says.")
    return f"{len(found)} as declared" if not report.gaps else f"{len(found)}, see below"


def _as_rule(
    command: str, permissive: bool, roles: list[int], using: str | None, check: str | None
) -> str:
    words = {"*": "", "r": "FOR SELECT", "a": "FOR INSERT", "w": "FOR UPDATE", "d": "FOR DELETE"}
    rule = [words[command]]
    if using:
        rule.append(f"USING ({using})")
    if check:
        rule.append(f"WITH CHECK ({check})")
    if not permissive or list(roles) != [0]:
        rule.append("for some roles only")
    return " ".join(rule)


def _plain(rule: str) -> str:
    """Return a policy without what PostgreSQL adds when it prints one: casts and brackets."""
    for noise in ("::text", "::uuid", "(", ")", " "):
        rule = rule.replace(noise, "")
    return rule.lower()


def _audit_references(report: TableReport, catalogue: Catalogue, oid: int) -> str:
    composite = 0
    to_registry = False
    for name, target_oid, _, columns in catalogue.references.get(oid, []):
        target = catalogue.names.get(target_oid, "?")
        to_registry |= target == Tenant._meta.db_table and columns == ["tenant_id"]
        if target in catalogue.has_tenant:
            composite += columns[0] == "tenant_id"
            if columns[0] != "tenant_id":
                report.gaps.append(f"Table {report.table}: foreign key {name} leaves the tenant.")
    if not to_registry:
        report.gaps.append(f"Table {report.table}: tenant_id refers to no tenant.")
    report.gaps.extend(_missing_references(report.table, catalogue, oid))
    return str(composite)


def _missing_references(table: str, catalogue: Catalogue, oid: int) -> Iterator[str]:
    found = {name: rule for name, _, rule, _ in catalogue.references.get(oid, [])}
    model = models_by_table()[table]
    for constraint in model._meta.constraints:
        if isinstance(constraint, TenantReference) and _plain(
            found.get(constraint.name, "")
        ) != _plain(constraint.rule(model)):
            yield f"Table {table} lacks the composite foreign key {constraint.name}."


def _audit_unique_keys(report: TableReport, indexes: Iterable[tuple[Any, ...]]) -> str:
    keys = 0
    for name, columns in indexes:
        keys += 1
        if columns[0] != "tenant_id":
            report.gaps.append(
                f"Table {report.table}: unique {name} does not start with tenant_id."
            )
    return str(keys)


def _kind(model: type[models.Model] | None) -> str:
    if model is Tenant:
        return "registry"
    if model is not None and issubclass(model, TenantOwnedModel):
        return "tenant-owned"
    return "shared"
