"""Validation of names and titles, and its use by every model, endpoint and command."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from apps.products.models import Product
from apps.tenants.models import Tenant
from apps.tenants.validators import validate_name, validate_title
from apps.users.models import User
from tests.apps.api.assertions import pointers
from tests.apps.shops.requests import opening
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import NEW_PASSWORD, issued, person

GOOD = [
    *("Ann", "7", "O'Hara", "Jean-Luc", "Müller & Söhne", "Dr. Strangelove (ret.)", "Ñandú"),
    *("李小龍", "Владимир", "أحمد", "דוד", "한국어", "ก็", "नमस्ते", "\u845b\U000e0100"),
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # a non-joiner inside of a Persian word
    "Pizza 🍕",
    "Awww. So cute",
    "Family 👨\u200d👩\u200d👧",
    "Made in \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Love ❤\ufe0f",
    "Acme\u00a0GmbH",
]
INVISIBLE = [
    *("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e", "\u115f", "\u1160"),
    *("\u3164", "\uffa0", "\u2800", "\u200e", "\ufe0f", "\U000e0001", "\U000e0041", "\u0301"),
]
CONTROLS = [
    *("\u180e", "\u17b4", "\u200e", "\u200f", "\u061c"),
    *("\x00", "\x07", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"),
    *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"),
    *("\u200b", "\u2060", "\ufeff", "\u3164", "\uffa0", "\ufff9", "\U000e0041", "\ud800"),
]
BAD = [
    *INVISIBLE,
    *("", " ", "...", "!?", "-", "🍕", "\u0301\u0301"),
    *(f"Ac{character}me" for character in CONTROLS),
    *(" Acme", "Acme ", "\u3000Acme", "Acme\u00a0", "Acme\u200d", "\u2800Acme"),
    "Acme\u200d \u200d",
]
LINKS = [
    *("ann@example.com", "@ann", "http://a.example", "x://y", "<b>", "a > b", "www.evil.example"),
    *(
        "WWW.evil.example",
        "ann\uff20example.com",
        "\uff1cb\uff1e",
        "\uff57\uff57\uff57.evil.example",
    ),
]
PLATFORM = [
    *(
        "Ga||eria",
        "Ga!!eria",
        "Ga\u2502\u2502eria",
        "Ga\u01c0\u01c0eria",
        "Ga\u0142\u0142eria",
        "6alleria",
    ),
    *(
        "Ga\ua4e1\ua4e1eria",
        "\u13c0\u13aa\u13de\u13de\u13ac\u13a1\u13c6\u13aa",
        "\u01e4alleria",
        "Galler\u00a1a",
    ),
    *("Galleria", "GALLERIA", "galleria!", "Ga11eria", "GaIIeria", "G a l l e r i a", "Gallería"),
    *(
        "\uff27\uff41lleria",
        "G\u0430lleria",
        "Gall\u0435ri\u0430",
        "Galler\u0131a",
        "Ⓖalleria",
        "Gal-leria",
        "Galleria\u2122",
        "Galleria®",
    ),
]


def is_valid(validate, text):
    try:
        validate(text)
    except ValidationError:
        return False
    return True


def refused(validate, texts):
    return [ascii(text) for text in texts if not is_valid(validate, text)]


def accepted(validate, texts):
    return [ascii(text) for text in texts if is_valid(validate, text)]


def test_real_names_are_valid():
    assert refused(validate_name, GOOD) == []


def test_unreadable_names_are_refused():
    assert accepted(validate_title, BAD) == []


@pytest.mark.parametrize("texts", [LINKS, PLATFORM], ids=["links", "names of the platform"])
def test_link_or_name_of_the_platform_is_a_title_but_not_a_name(texts):
    assert refused(validate_title, texts) == []
    assert accepted(validate_name, texts) == []


def test_sender_name_of_mails_is_reserved(settings):
    settings.DEFAULT_FROM_EMAIL = "Shops of Pear <no-reply@pear.example>"

    assert not is_valid(validate_name, "SHOPS OF PEAR")


@pytest.mark.parametrize("text", ["Galleria Support", "The Ga11eria Team", "Security@Galleria"])
def test_name_containing_the_platforms_is_reserved(text):
    assert not is_valid(validate_name, text)


# --- Use of the validators -------------------------------------------------------------------


def validators_of(model, name):
    return model._meta.get_field(name).validators


def test_models_have_their_validator():
    assert validate_name in validators_of(Tenant, "name")
    assert validate_name in validators_of(User, "first_name")
    assert validate_name in validators_of(User, "last_name")
    assert validate_title in validators_of(Product, "name")
    assert validate_title in validators_of(Product, "code")


FORGED = "Acme\u2028forged"
NAMES = {"first_name": FORGED, "last_name": FORGED}
BOTH = {"/first_name", "/last_name"}


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        ("/api/users/", {"email": "n@acme.example", "password": PASSWORD, **NAMES}, BOTH),
        ("/api/auth/register/", {"email": "n@acme.example", **NAMES}, BOTH),
        ("/api/products/", {"name": FORGED, "code": FORGED}, {"/name", "/code"}),
    ],
)
def test_forged_line_is_400_at_its_pointer(acme_client, owner, path, body, wrong):
    assert pointers(acme_client.as_(owner).post(path, body)) == wrong


def test_user_cannot_have_the_platforms_name(acme_client, owner):
    body = {"first_name": "Galleria", "last_name": "Ga11eria Support"}
    answer = acme_client.as_(owner).patch(f"/api/users/{owner.pk}/", body)

    assert pointers(answer) == BOTH


def test_forged_line_changes_no_user(acme_client, owner):
    answer = acme_client.as_(owner).patch(f"/api/users/{owner.pk}/", NAMES)

    assert pointers(answer) == BOTH


def test_forged_line_accepts_no_invitation(acme_client, acme):
    boss = person(acme, "boss@acme.example", "owner")
    secret = issued(acme, "invitation", "n@acme.example", role="staff", invited_by=boss)
    body = {"token": secret, "password": NEW_PASSWORD, **NAMES}

    assert pointers(acme_client.post("/api/auth/invitations/accept/", body)) == BOTH


def test_forged_line_opens_no_shop(platform):
    answer = platform.post("/api/shops/", opening("pear", name=FORGED, owner=NAMES))

    assert pointers(answer) == {"/name", "/owner/first_name", "/owner/last_name"}


def test_forged_line_renames_no_shop(acme_client, owner):
    assert pointers(acme_client.as_(owner).patch("/api/shop/", {"name": FORGED})) == {"/name"}


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize(
    ("name", "names"),
    [(FORGED, {}), ("Pear", {"first_name": FORGED}), ("Pear", {"last_name": FORGED})],
)
def test_operator_opens_no_shop_with_a_forged_line(monkeypatch, name, names):
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)

    with pytest.raises(CommandError, match="single line"):
        call_command("create_shop", "pear", name, "boss@pear.example", **names)

    assert Tenant.objects.count() == 0
