"""The values of requests: one of the attacker's shop, the attacked shop's, and a random one."""

from __future__ import annotations

from typing import Any

from apps.tenants.context import tenant_context
from tests.apps.users.factories import make_session
from tests.isolation.fixtures import ROWS, references
from tests.isolation.samples import Kind, Make, Plain, declared, first_cursor
from tests.isolation.shops import WORD, MarkedShop, Shop
from tests.surface import Operation, Slot


def row(label: str) -> Make:
    return lambda shop, operation: shop.row(label)


def cursor(shop: Shop, operation: Operation) -> str:
    """Return the cursor that the shop's owner gets with the first page of one row."""
    owner = shop.new_user("owner")
    for _ in range(2):
        make_session(owner)
        ROWS[label_of(operation)].make()
    ids = {slot.name: own_value(operation, slot, shop) for slot in operation.slots_in("path")}
    return first_cursor(shop, operation.path.format(**ids), owner)


def ordering(shop: Shop, operation: Operation) -> str:
    return str(operation.view.cls.ordering_fields[0])


TEXT = Kind(own=lambda shop, operation: "words", taken=lambda shop, operation: WORD)

KINDS: dict[str, Kind | Plain] = declared("KINDS") | {
    "search": TEXT,
    "name": TEXT,
    "description": TEXT,
    "cursor": Kind(own=cursor),
    "ordering": Kind(own=ordering, taken=lambda shop, operation: "tenant__name"),
    "page_size": Plain(5),
    "If-Match": Plain("*"),
}


def kind_of(operation: Operation, slot: Slot) -> Kind | Plain:
    """Return how to fill a slot; raise LookupError where no app declares its name."""
    parts = [part for part in slot.name.split("/") if not part.isdigit()]
    names = ["/".join(parts), *parts[-1:]]
    for key in [f"{operation.path} {name}" for name in names] + names:
        if key in KINDS:
            return KINDS[key]
    if slot.schema.get("format") == "binary":
        return TEXT
    if (value := _plain_value(slot.schema)) is not None:
        return Plain(value)
    if slot.where == "path" and slot.name in {"pk", "id"} and label_of(operation):
        return Kind(own=row(label_of(operation)))
    if label := _referred_by(operation, slot.name):
        return Kind(own=row(label))
    raise LookupError(
        f"{operation} takes {slot}, and no app declares whose values that are: "
        "add it to KINDS in the samples of its app, such as tests/apps/products/samples.py."
    )


def _plain_value(schema: dict[str, Any]) -> Any:
    """Return a value that belongs to no shop, None if the schema allows others."""
    types = schema.get("type", "")
    if "integer" in types:
        return schema.get("minimum", 1)
    return True if "boolean" in types else next(iter(schema.get("enum", [])), None)


def own_value(operation: Operation, slot: Slot, shop: Shop) -> Any:
    kind = kind_of(operation, slot)
    if isinstance(kind, Plain):
        return kind.value
    with tenant_context(shop.tenant):
        return kind.own(shop, operation)


def other_value(operation: Operation, slot: Slot, kind: Kind, victim: MarkedShop) -> Any:
    make = kind.taken or kind.own
    return victim.keep((operation.path, slot), lambda: make(victim, operation))


def label_of(operation: Operation) -> str:
    """Return the label of the model whose rows a view serves, "" for none."""
    model = _model_of(operation)
    return "" if model is None else str(model._meta.label)


def related_names(operation: Operation) -> list[str]:
    """Return the fields by which the rows that a view serves refer to others of their shop."""
    model = _model_of(operation)
    return [] if model is None else [field.name for field in references(model)]


def _model_of(operation: Operation) -> Any:
    queryset = getattr(getattr(operation.view, "cls", None), "queryset", None)
    return None if queryset is None else queryset.model


def _referred_by(operation: Operation, name: str) -> str:
    if name not in related_names(operation):
        return ""
    return str(_model_of(operation)._meta.get_field(name).related_model._meta.label)
