from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from apps.tenants.constraints import RowLevelSecurity, TenantReference
from apps.tenants.exceptions import IsolationError
from apps.tenants.introspection import (
    BYPASSES,
    HINTS,
    MISSING_NOTICES,
    MISSING_TIMEOUTS,
    ROLE,
    SchemaIntrospection,
    rows,
)
from apps.tenants.listener import tenant_listener
from apps.tenants.models import Tenant, TenantOwnedModel
from apps.tenants.privileges import models_by_table, privileges_on


@dataclass
class TableReport:
    """The isolation of one table, as `audit_isolation` prints it, and its violations."""

    table: str
    kind: str
    policy: str = "-"
    forced: str = "-"
    references: str = "-"
    unique_keys: str = "-"
    privileges: str = "-"
    violations: list[str] = field(default_factory=list)


def verify_isolation() -> None:
    """Raise IsolationError, with every violation and the commands to run, if there is any."""
    violations = find_violations()
    if violations:
        raise IsolationError(
            "Refusing to serve, the isolation of shops is violated: "
            + " ".join(violations)
            + " Run `manage.py migrate` as the schema's owner, then `manage.py audit_isolation`."
        )


def find_violations() -> list[str]:
    """Compare PostgreSQL with what the models declare; return a sentence for each violation."""
    return audit_role() + [each for report in audit_tables() for each in report.violations]


def audit_role() -> list[str]:
    """Return the violations of the connected role and of the schema."""
    [(name, *powers, can_create, member_of, owns)] = rows(ROLE)
    words = ("is a superuser", "has BYPASSRLS", "has CREATEROLE", "has CREATEDB")
    violations = [f"Role {name} {word}." for word, has in zip(words, powers, strict=True) if has]
    if can_create:
        violations.append(f"Role {name} may create objects in the schema public.")
    if member_of:
        violations.append(f"Role {name} is a member of {member_of}.")
    if owns:
        violations.append(f"Role {name} owns {owns}.")
    violations += [f"Role {name} has no {timeout}." for (timeout,) in rows(MISSING_TIMEOUTS)]
    violations += [sentence for (sentence,) in rows(BYPASSES)]
    channels = list(tenant_listener.caches)
    return violations + [sentence for (sentence,) in rows(MISSING_NOTICES, [channels])]


def find_hints() -> list[str]:
    """Return further restrictions that an operator can make where the server allows it."""
    return [sentence for (sentence,) in rows(HINTS)]


def audit_tables() -> list[TableReport]:
    """Return a report on every table in the schema, and on every model whose table is missing."""
    schema = SchemaIntrospection()
    expected = models_by_table()
    reports = [
        _report(schema, oid, name, expected.get(name), *properties)
        for oid, name, *properties in schema.tables
    ]
    missing = expected.keys() - {report.table for report in reports}
    return reports + [
        TableReport(table, _kind(expected[table]), violations=[f"Table {table} does not exist."])
        for table in sorted(missing)
    ]


def _report(
    schema: SchemaIntrospection, oid: int, name: str, model: Any, *properties: Any
) -> TableReport:
    enabled, forced, privileges, public_privileges = properties
    report = TableReport(name, _kind(model), forced="yes" if forced else "no")
    report.privileges = " ".join(name[:3] for name in privileges)
    if public_privileges:
        report.violations.append(f"Table {name} has privileges granted to PUBLIC.")
    if set(privileges) != privileges_on(model):
        report.violations.append(
            f"Table {name}: the role has {', '.join(privileges) or 'no privilege'}."
        )
    columns = schema.column_privileges.get(oid, [])
    report.privileges += "".join(f" {name[:3]}({column})" for name, column in columns)
    if columns != [
        ("UPDATE", column) for column in sorted(getattr(model, "updatable_columns", ()))
    ]:
        report.violations.append(
            f"Table {name}: the role has other privileges on columns than declared."
        )
    if model is None and oid in schema.tenant_columns:
        report.violations.append(f"Table {name} has a tenant but no model.")
    if report.kind != "shared":
        if not (enabled and forced):
            report.violations.append(f"Table {name} lacks ENABLE or FORCE ROW LEVEL SECURITY.")
        report.policy = _audit_policies(report, model, schema.policies.get(oid, []))
    if report.kind == "tenant-owned":
        if not schema.tenant_columns.get(oid):
            report.violations.append(f"Table {name} lacks a tenant_id that is NOT NULL.")
        report.references = _audit_references(report, schema, oid)
        report.unique_keys = _audit_unique_keys(report, schema.unique.get(oid, []))
    return report


def _audit_policies(report: TableReport, model: Any, policies: list[tuple[Any, ...]]) -> str:
    constraints = [c for c in model._meta.constraints if isinstance(c, RowLevelSecurity)]
    expected = {name: rule for each in constraints for name, rule in each.policies().items()}
    found = {name: _as_rule(*policy) for name, *policy in policies}
    for name in expected.keys() | found.keys():
        if _plain(expected.get(name, "")) != _plain(found.get(name, "")):
            report.violations.append(
                f"Table {report.table}: policy {name} is not what the model declares."
            )
    return f"{len(found)} as declared" if not report.violations else f"{len(found)}, see below"


def _as_rule(
    command: str, permissive: bool, roles: list[int], using: str | None, check: str | None
) -> str:
    words = {"*": "", "r": "FOR SELECT", "a": "FOR INSERT", "w": "FOR UPDATE", "d": "FOR DELETE"}
    using = f"USING ({using})" if using else ""
    check = f"WITH CHECK ({check})" if check else ""
    other = "" if permissive and list(roles) == [0] else "for some roles only"
    return f"{words[command]} {using} {check} {other}"


def _plain(rule: str) -> str:
    """Return a policy without the casts and brackets that PostgreSQL adds when it prints one."""
    for removed in ("::text", "::uuid", "(", ")", " "):
        rule = rule.replace(removed, "")
    return rule.lower()


def _audit_references(report: TableReport, schema: SchemaIntrospection, oid: int) -> str:
    composite = 0
    to_tenants = False
    for name, target_oid, _, columns in schema.references.get(oid, []):
        target = schema.names.get(target_oid, "?")
        to_tenants |= target == Tenant._meta.db_table and columns == ["tenant_id"]
        if target in schema.has_tenant:
            composite += columns[0] == "tenant_id"
            if columns[0] != "tenant_id":
                report.violations.append(
                    f"Table {report.table}: foreign key {name} leaves the tenant."
                )
    # A model may declare that a reference implies the tenant; tenants.E018 is the check of that.
    if not to_tenants and _has_tenant_key(models_by_table()[report.table]):
        report.violations.append(f"Table {report.table}: tenant_id does not refer to tenants.")
    report.violations.extend(_missing_references(report.table, schema, oid))
    return str(composite)


def _has_tenant_key(model: Any) -> bool:
    return bool(model._meta.get_field("tenant").db_constraint)


def _missing_references(table: str, schema: SchemaIntrospection, oid: int) -> Iterator[str]:
    found = {name: rule for name, _, rule, _ in schema.references.get(oid, [])}
    model = models_by_table()[table]
    for constraint in model._meta.constraints:
        if isinstance(constraint, TenantReference) and _plain(
            found.get(constraint.name, "")
        ) != _plain(constraint.rule(model)):
            yield f"Table {table} lacks the composite foreign key {constraint.name}."


def _audit_unique_keys(report: TableReport, indexes: list[tuple[Any, ...]]) -> str:
    report.violations.extend(
        f"Table {report.table}: unique {name} does not start with tenant_id."
        for name, columns in indexes
        if columns[0] != "tenant_id"
    )
    return str(len(indexes))


def _kind(model: type[models.Model] | None) -> str:
    if model is Tenant:
        return "tenants"
    if model is not None and issubclass(model, TenantOwnedModel):
        return "tenant-owned"
    return "shared"
