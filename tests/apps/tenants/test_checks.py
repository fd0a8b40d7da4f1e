"""System checks, each with a model that fails it and one that passes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.checks import Tags, run_checks
from django.db import connections, models
from django.db.models.functions import Lower
from django.test.utils import isolate_apps
from psycopg2.extensions import cursor

from apps.tenants.checks import check_settings
from apps.tenants.constraints import TenantReference
from apps.tenants.context import get_active_tenant_id
from apps.tenants.database import TenantCursor
from apps.tenants.fields import TenantForeignKey
from apps.tenants.managers import TenantManager
from apps.tenants.model_checks import check_models
from apps.tenants.models import TenantOwnedModel
from apps.users.models import User

CONSTRAINTS = TenantOwnedModel.Meta.constraints


def model(name: str, /, *bases: type, meta: dict[str, Any] | None = None, **fields: Any) -> Any:
    """Return a new model of the app `tenants`."""
    body = {"__module__": __name__, **fields}
    if meta is not None or TenantOwnedModel in bases:
        inherited = (TenantOwnedModel.Meta,) if TenantOwnedModel in bases else ()
        body["Meta"] = type("Meta", inherited, {"app_label": "tenants", **(meta or {})})
    return type(models.Model)(name, bases or (TenantOwnedModel,), body)


def owned(meta: dict[str, Any] | None = None, **fields: Any) -> Any:
    return model("Thing", TenantOwnedModel, meta=meta, **fields)


def unique(*expressions: Any, **kwargs: Any) -> list[Any]:
    return [*CONSTRAINTS, models.UniqueConstraint(*expressions, name="thing_key", **kwargs)]


def text() -> models.Field[Any, Any]:
    return models.CharField(max_length=9)


class UnscopedManager(TenantManager):
    """A manager that does not call super()."""

    def get_queryset(self) -> Any:
        return models.QuerySet(self.model, using=self._db)


class WideningManager(TenantManager):
    """A manager that adds the rows that the filter excludes."""

    def get_queryset(self) -> Any:
        return super().get_queryset() | models.QuerySet(self.model).filter(pk__isnull=False)


class NarrowManager(TenantManager):
    """A valid manager."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(name="mug")


def no_tenant_constraint() -> Any:
    return models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        default=get_active_tenant_id,
        db_constraint=False,
        related_name="+",
    )


def keyed(*names: str, **fields: Any) -> Any:
    """Return a model with a composite primary key."""
    return owned(
        {"constraints": CONSTRAINTS[:1]},
        id=None,
        pk=models.CompositePrimaryKey(*names),
        code=text(),
        **fields,
    )


def no_reference() -> Any:
    class Careless(TenantForeignKey):
        def _add_reference(self, sender: Any, **kwargs: Any) -> None:
            pass

    return owned(parent=Careless("self", models.CASCADE))


def many_to_many(through: bool) -> Any:
    thing = owned(
        others=models.ManyToManyField("self", through="tenants.Pair" if through else None)
    )
    if through:
        model(
            "Pair",
            TenantOwnedModel,
            a=TenantForeignKey(thing, models.CASCADE, related_name="+"),
            b=TenantForeignKey(thing, models.CASCADE, related_name="+"),
        )
    return thing


MISTAKES: dict[str, tuple[str, Callable[[], Any]]] = {
    "neither_owned_nor_shared": (
        "tenants.E001",
        lambda: model("Thing", models.Model, meta={}),
    ),
    "no_policy": (
        "tenants.E002",
        lambda: owned({"constraints": CONSTRAINTS[1:]}),
    ),
    "no_constraints_at_all": (
        "tenants.E002",
        lambda: owned({"constraints": []}),
    ),
    "plain_reference": (
        "tenants.E003",
        lambda: owned(owner=models.ForeignKey(User, models.CASCADE, related_name="+")),
    ),
    "plain_one_to_one": (
        "tenants.E003",
        lambda: owned(owner=models.OneToOneField(User, models.CASCADE, related_name="+")),
    ),
    "plain_reference_to_itself": (
        "tenants.E003",
        lambda: owned(parent=models.ForeignKey("self", models.CASCADE)),
    ),
    "unique_field": (
        "tenants.E004",
        lambda: owned(code=models.CharField(max_length=9, unique=True)),
    ),
    "unique_one_to_one": (
        "tenants.E004",
        lambda: owned(owner=models.OneToOneField(User, models.CASCADE, related_name="+")),
    ),
    "unique_together": (
        "tenants.E004",
        lambda: owned({"unique_together": [("code", "tenant")]}, code=text()),
    ),
    "unique_constraint": (
        "tenants.E004",
        lambda: owned({"constraints": unique(fields=["code", "tenant"])}, code=text()),
    ),
    "unique_expression": (
        "tenants.E004",
        lambda: owned({"constraints": unique(Lower("code"))}, code=text()),
    ),
    "unique_condition": (
        "tenants.E004",
        lambda: owned(
            {"constraints": unique(fields=["code"], condition=models.Q(code="x"))}, code=text()
        ),
    ),
    "exclusion": (
        "tenants.E004",
        lambda: owned(
            {
                "constraints": [
                    *CONSTRAINTS,
                    ExclusionConstraint(
                        name="thing_x", expressions=[("code", RangeOperators.EQUAL)]
                    ),
                ]
            },
            code=text(),
        ),
    ),
    "many_to_many": ("tenants.E005", lambda: many_to_many(through=False)),
    "many_to_many_to_what_is_shared": (
        "tenants.E005",
        lambda: owned(kinds=models.ManyToManyField(ContentType, related_name="+")),
    ),
    "plain_manager": ("tenants.E006", lambda: owned(objects=models.Manager())),
    "second_plain_manager": ("tenants.E006", lambda: owned(everything=models.Manager())),
    "manager_that_forgets_super": ("tenants.E006", lambda: owned(objects=UnscopedManager())),
    "manager_that_widens": ("tenants.E006", lambda: owned(objects=WideningManager())),
    "other_base_manager": (
        "tenants.E006",
        lambda: owned({"base_manager_name": "everything"}, everything=models.Manager()),
    ),
    "nothing_to_refer_to": ("tenants.E007", lambda: owned({"constraints": CONSTRAINTS[:1]})),
    "reference_to_what_is_shared": (
        "tenants.E008",
        lambda: owned(kind=TenantForeignKey(ContentType, models.CASCADE, related_name="+")),
    ),
    "reference_without_composite_key": ("tenants.E009", no_reference),
    "reference_to_a_composite_key": (
        "tenants.E009",
        lambda: keyed("tenant_id", "code", parent=TenantForeignKey("self", models.CASCADE)),
    ),
    "reference_to_another_field": (
        "tenants.E009",
        lambda: owned(
            code=models.CharField(max_length=9, unique=True),
            parent=TenantForeignKey("self", models.CASCADE, to_field="code"),
        ),
    ),
    "table_in_two_halves": ("tenants.E010", lambda: model("Part", owned(), meta={})),
    "generic_reference": (
        "tenants.E013",
        lambda: owned(
            kind=models.ForeignKey(ContentType, models.CASCADE, related_name="+"),
            object_id=models.UUIDField(),
            anything=GenericForeignKey("kind", "object_id"),
        ),
    ),
    "key_of_its_own": (
        "tenants.E014",
        lambda: owned(id=None, code=models.CharField(max_length=9, primary_key=True)),
    ),
    "composite_key_with_another_field_first": ("tenants.E014", lambda: keyed("code", "tenant_id")),
    "composite_key_but_no_policy": (
        "tenants.E002",
        lambda: owned(
            {"constraints": []},
            id=None,
            pk=models.CompositePrimaryKey("tenant_id", "code"),
            code=text(),
        ),
    ),
    "no_foreign_key_of_the_tenant": (
        "tenants.E018",
        lambda: owned(tenant=no_tenant_constraint()),
    ),
    "tenant_implied_by_an_optional_reference": (
        "tenants.E018",
        lambda: owned(
            tenant=no_tenant_constraint(),
            owner=TenantForeignKey(User, models.CASCADE, null=True, related_name="+"),
        ),
    ),
    "tenant_implied_by_the_row_itself": (
        "tenants.E018",
        lambda: owned(
            tenant=no_tenant_constraint(), parent=TenantForeignKey("self", models.CASCADE)
        ),
    ),
}

GOOD: dict[str, Callable[[], Any]] = {
    "nothing_but_the_base": owned,
    "constraints_added": lambda: owned(
        {"constraints": unique(fields=["tenant", "code"])}, code=text()
    ),
    "unique_expression_after_the_tenant": lambda: owned(
        {"constraints": unique("tenant", Lower("code"))}, code=text()
    ),
    "unique_together": lambda: owned({"unique_together": [("tenant", "code")]}, code=text()),
    "exclusion": lambda: owned(
        {
            "constraints": [
                *CONSTRAINTS,
                ExclusionConstraint(
                    name="thing_x",
                    expressions=[("tenant", RangeOperators.EQUAL), ("code", RangeOperators.EQUAL)],
                ),
            ]
        },
        code=text(),
    ),
    "reference": lambda: owned(
        owner=TenantForeignKey(User, models.CASCADE, related_name="+"),
        parent=TenantForeignKey("self", models.CASCADE),
    ),
    "reference_to_what_is_shared": lambda: owned(
        kind=models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    ),
    "many_to_many_through_rows_of_the_tenant": lambda: many_to_many(through=True),
    "composite_key": lambda: keyed("tenant_id", "code"),
    "tenant_implied_by_a_reference": lambda: owned(
        tenant=no_tenant_constraint(),
        owner=TenantForeignKey(User, models.CASCADE, related_name="+"),
    ),
    "base_manager_of_the_base": lambda: owned({"base_manager_name": None}),
    "managers": lambda: owned(name=text(), objects=TenantManager(), mugs=NarrowManager()),
    "proxy": lambda: model("Other", owned(), meta={"proxy": True}),
}


@pytest.mark.parametrize(("check_id", "make"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_found(check_id: str, make: Callable[[], Any]):
    with isolate_apps("apps.tenants") as isolated:
        declared = make()
        config = isolated.get_app_config("tenants")
        messages = [m for m in check_models([config]) if m.id == check_id]
    assert len(messages) >= 1
    assert declared.__name__ in messages[0].msg
    assert messages[0].hint


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
def test_valid_model_passes(make: Callable[[], Any]):
    with isolate_apps("apps.tenants") as isolated:
        make()
        assert check_models([isolated.get_app_config("tenants")]) == []


def test_every_model_check_has_a_test_case():
    made = {check_id for check_id, _ in MISTAKES.values()}
    numbers = (*range(1, 11), 13, 14, 18)
    assert made == {f"tenants.E{number:03}" for number in numbers}


def test_model_named_as_shared_passes(settings):
    settings.SHARED_MODELS = [*settings.SHARED_MODELS, "tenants.Thing"]
    with isolate_apps("apps.tenants") as isolated:
        model("Thing", models.Model, meta={})
        assert check_models([isolated.get_app_config("tenants")]) == []


def test_project_passes_all_checks():
    assert check_models(None) == []
    assert run_checks(tags=["tenants"]) == []


def test_no_tenants_check_is_silenced():
    assert [name for name in settings.SILENCED_SYSTEM_CHECKS if name.startswith("tenants.")] == []


def test_reference_is_added_by_the_field_once():
    with isolate_apps("apps.tenants"):
        thing = owned(parent=TenantForeignKey("self", models.CASCADE))
    references = [c for c in thing._meta.constraints if isinstance(c, TenantReference)]
    assert [(reference.field, reference.name) for reference in references] == [
        ("parent", "tenants_thing_parent_in_tenant")
    ]


# --- Settings --------------------------------------------------------------------------------


def check_default(settings: Any, **changes: Any) -> list[str | None]:
    default = {**settings.DATABASES["default"], **changes}
    settings.DATABASES = {**settings.DATABASES, "default": default}
    return [message.id for message in check_settings(None)]


@pytest.mark.parametrize("options", [{}, {"cursor_factory": cursor}, {"cursor_factory": "x"}])
@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_cursor_factory_without_tenant_is_found(options, settings):
    assert check_default(settings, OPTIONS=options) == ["tenants.E011"]


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_server_side_cursors_are_found(settings):
    assert check_default(settings, DISABLE_SERVER_SIDE_CURSORS=False) == ["tenants.E012"]


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_valid_settings_pass(settings):
    class OwnCursor(TenantCursor):
        """A valid subclass."""

    assert check_default(settings) == []
    assert check_default(settings, OPTIONS={"cursor_factory": OwnCursor}) == []


def test_installed_psycopg_3_is_found(tmp_path, monkeypatch):
    assert [found.id for found in run_checks(tags=["tenants"])] == []

    (tmp_path / "psycopg.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    assert [found.id for found in run_checks(tags=["tenants"])] == ["tenants.E016"]


@pytest.fixture
def _unforced_policies(transactional_db) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE products NO FORCE ROW LEVEL SECURITY")
        yield
        cursor.execute("ALTER TABLE products FORCE ROW LEVEL SECURITY")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_isolated_database_passes():
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.usefixtures("_unforced_policies")
def test_incomplete_isolation_is_found_in_the_applications_database():
    [found] = run_checks(tags=[Tags.database], databases=["default"])

    assert (found.id, found.msg) == (
        "tenants.E017",
        "Table products lacks ENABLE or FORCE ROW LEVEL SECURITY.",
    )
    assert "manage.py migrate" in found.hint


@pytest.mark.parametrize("databases", [None, ["owner"]])
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.usefixtures("_unforced_policies")
def test_isolation_is_not_checked_through_other_aliases(databases):
    assert run_checks(tags=[Tags.database], databases=databases) == []
