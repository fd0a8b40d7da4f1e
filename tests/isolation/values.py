"""What to put where a request takes a value: one of our own, the other shop's, one that never was.

This table is all that is written by hand. A value that it does not know fails the matrix.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from apps.tenants.context import tenant_context
from apps.users.models import EmailToken
from tests.factories import (
    PASSWORD,
    make_product,
    make_session,
    make_tokens,
)
from tests.isolation.fixtures import ROWS, references
from tests.isolation.shops import WORD, MarkedShop, Shop
from tests.surface import Operation, Slot

Make = Callable[[Shop, Operation], Any]
Purpose = EmailToken.Purpose


def scrambled(value: Any) -> str:
    """Return a value of the same shape that never was."""
    text = str(value)
    if _is_uuid(text):
        return str(UUID(int=random.getrandbits(128), version=4))
    return "".join(random.choice(_alphabet_of(character)) for character in text)


@dataclass(frozen=True)
class Kind:
    """How to make a value that works in a shop, and, from the other shop's, a random one.

    `taken` makes what the other shop has, where that is not what works in one's own: an address
    that is to be new here is one that is taken there.
    """

    own: Make
    taken: Make | None = None
    random: Callable[[Any], Any] = scrambled
    #: Whether anybody may tell the other shop's value from a random one, and why.
    public: str = ""


@dataclass(frozen=True)
class Plain:
    """A value that belongs to no shop."""

    value: Any


# --- How to make them ----------------------------------------------------------------------


def row(label: str) -> Make:
    return lambda shop, operation: shop.row(label)


def own_session(shop: Shop, operation: Operation) -> str:
    return str(make_session(shop.actor).pk)


def refresh_token(shop: Shop, operation: Operation) -> str:
    return make_tokens(shop.actor)["refresh"]


def address(shop: Shop, operation: Operation) -> str:
    return str(shop.actor.email)


def new_address(shop: Shop, operation: Operation) -> str:
    return f"person-{scrambled('12345678')}@example.com"


def new_code(shop: Shop, operation: Operation) -> str:
    return scrambled("something")


def product_code(shop: Shop, operation: Operation) -> str:
    return str(make_product().code)


def shop_code(shop: Shop, operation: Operation) -> str:
    return str(shop.tenant.code)


def mailed(purpose: str) -> Make:
    """Return how to make the secret that a mail with this purpose would hold."""

    def make(shop: Shop, operation: Operation) -> str:
        fields: dict[str, Any] = {
            Purpose.PASSWORD_RESET: {"user": shop.actor},
            Purpose.EMAIL_VERIFICATION: {"account": {"first_name": "Kim"}},
            Purpose.EMAIL_CONFIRMATION: {"user": shop.actor},
            Purpose.INVITATION: {"role": "staff", "invited_by": shop.somebody("owner")},
        }[Purpose(purpose)]
        is_known = purpose == Purpose.PASSWORD_RESET
        email = shop.actor.email if is_known else new_address(shop, operation)
        return str(EmailToken.objects.issue(purpose, email, **fields)[1])

    return make


def cursor(shop: Shop, operation: Operation) -> str:
    """Return the cursor that the shop's owner gets with the first page of one row."""
    owner = shop.somebody("owner")
    for _ in range(2):
        make_session(owner)
        ROWS[label_of(operation)].make()
    page = shop.client().as_(owner).get(operation.path, {"page_size": 1}).json()
    return parse_qs(urlsplit(page["next"]).query)["cursor"][0]


def ordering(shop: Shop, operation: Operation) -> str:
    return str(operation.view.cls.ordering_fields[0])


# --- The table -----------------------------------------------------------------------------

TEXT = Kind(own=lambda shop, operation: "words", taken=lambda shop, operation: WORD)
SHOP_CODES_ARE_PUBLIC = "a shop's hostname is in the DNS, and whether a code is free is asked here"

#: By name; or by path and name, where a name alone does not say it.
KINDS: dict[str, Kind | Plain] = {
    "search": TEXT,
    "name": TEXT,
    "first_name": TEXT,
    "last_name": TEXT,
    "description": TEXT,
    "cursor": Kind(own=cursor),
    "ordering": Kind(own=ordering, taken=lambda shop, operation: "tenant__name"),
    "refresh": Kind(own=refresh_token),
    "storefront_origins": Kind(
        own=lambda shop, operation: f"https://{new_code(shop, operation)}.example",
        taken=lambda shop, operation: shop.tenant.storefront_origins[0],
        random=lambda other: f"https://{scrambled(other[8:-8])}.example",
    ),
    "email": Kind(own=address),
    "/api/users/ email": Kind(own=new_address, taken=address),
    "/api/users/{pk}/ email": Kind(own=new_address, taken=address),
    "/api/users/invitations/ email": Kind(own=new_address, taken=address),
    "/api/auth/register/ email": Kind(own=new_address, taken=address),
    "/api/shops/ email": Kind(own=new_address, taken=address),
    "code": Kind(own=new_code, taken=product_code),
    "/api/shops/ code": Kind(own=new_code, taken=shop_code, public=SHOP_CODES_ARE_PUBLIC),
    "/api/shops/availability/ code": Kind(own=shop_code, public=SHOP_CODES_ARE_PUBLIC),
    "/api/auth/sessions/{pk}/ pk": Kind(own=own_session),
    "/api/auth/email/confirm/ token": Kind(own=mailed(Purpose.EMAIL_CONFIRMATION)),
    "/api/auth/email/verify/ token": Kind(own=mailed(Purpose.EMAIL_VERIFICATION)),
    "/api/auth/invitations/accept/ token": Kind(own=mailed(Purpose.INVITATION)),
    "/api/auth/password/reset/confirm/ token": Kind(own=mailed(Purpose.PASSWORD_RESET)),
    # The same for everybody, so that nothing but the shop keeps one's password from another.
    "password": Plain(PASSWORD),
    "current_password": Plain(PASSWORD),
    "new_password": Plain("staple lamp seventeen"),
    "role": Plain("staff"),
    "is_active": Plain(value=True),
    "published": Plain(value=True),
    "action": Plain("session.opened"),
    "page_size": Plain(5),
    "If-Match": Plain("*"),
}


def kind_of(operation: Operation, slot: Slot) -> Kind | Plain:
    """Return how to fill a slot; raise LookupError for one that nobody has thought of."""
    name = [part for part in slot.name.split("/") if not part.isdigit()][-1:]
    for key in [f"{operation.path} {part}" for part in name] + name:
        if key in KINDS:
            return KINDS[key]
    if slot.schema.get("format") == "binary":
        return TEXT
    if slot.where == "path" and slot.name in {"pk", "id"} and label_of(operation):
        return Kind(own=row(label_of(operation)))
    if label := _referred_by(operation, slot.name):
        return Kind(own=row(label))
    raise LookupError(
        f"{operation} takes {slot}, and the matrix does not know whose values that are: "
        "add it to KINDS in tests/isolation/values.py."
    )


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


def _alphabet_of(character: str) -> str:
    if character.isdigit():
        return string.digits
    if character.isupper():
        return string.ascii_uppercase
    return string.ascii_lowercase if character.islower() else character


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
