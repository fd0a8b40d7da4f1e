"""PATCH /api/shop/storefront/."""

import pytest

from apps.audit.models import AuditEvent
from apps.storefront.models import Storefront
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import pointers, problem
from tests.apps.storefront.factories import make_storefront
from tests.apps.users.factories import make_user

PATH = "/api/shop/storefront/"
LOOK = {
    "is_open": True,
    "tagline": "Things that last",
    "announcement": "Free shipping",
    "footer": "Acme Ltd.\nMain Street 1",
    "accent": "#123456",
    "scheme": "dark",
    "fonts": "classic",
    "corners": "round",
}


@pytest.fixture
def client(acme_client, owner):
    return acme_client.as_(owner)


def stored(tenant):
    with tenant_context(tenant):
        return Storefront.objects.values(*LOOK).first()


def test_look_has_defaults_before_its_first_change(acme, acme_client):
    response = acme_client.get(PATH)

    assert response.json() == {
        "is_open": False,
        "tagline": "",
        "announcement": "",
        "footer": "",
        "accent": "#2f6f4f",
        "scheme": "auto",
        "fonts": "modern",
        "corners": "soft",
        "logo": None,
    }
    assert stored(acme) is None


def test_owner_changes_the_look(acme, client):
    response = client.patch(PATH, LOOK)

    assert (response.status_code, response.json()) == (200, LOOK | {"logo": None})
    assert client.get(PATH).json() == LOOK | {"logo": None}
    assert stored(acme) == LOOK


def test_absent_members_are_kept(acme, client):
    client.patch(PATH, LOOK)

    client.patch(PATH, {"corners": "square"})

    assert stored(acme) == LOOK | {"corners": "square"}


def test_change_is_audited(acme, client, owner):
    client.patch(PATH, {"is_open": True, "accent": "#123456"})

    with tenant_context(acme):
        event = AuditEvent.objects.get(action="storefront.changed")
        assert (event.actor_id, event.subject) == (owner.pk, "acme")
        assert event.details == {"fields": ["accent", "is_open"]}


@pytest.mark.parametrize("role", ["manager", "staff", "customer"])
def test_others_do_not_change_the_look(acme, acme_client, role):
    with tenant_context(acme):
        make_storefront(accent="#654321")
        user = make_user(role=role)

    problem(acme_client.as_(user).patch(PATH, LOOK), 403)

    assert stored(acme)["accent"] == "#654321"


def test_anonymous_change_is_401(acme, acme_client):
    with tenant_context(acme):
        make_storefront(accent="#654321")

    problem(acme_client.patch(PATH, LOOK), 401)

    assert stored(acme)["accent"] == "#654321"


def test_owner_of_another_shop_changes_nothing_here(acme, globex, acme_client, globex_owner):
    problem(acme_client.as_(globex_owner).patch(PATH, LOOK), 401)

    assert stored(acme) is None
    assert stored(globex) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accent", "red"),
        ("accent", "#fff"),
        ("accent", "#12345g"),
        ("accent", "#123456;}body{display:none"),
        ("accent", "#123456\n"),
        ("accent", ""),
        ("accent", None),
        ("scheme", "sepia"),
        ("fonts", "comic"),
        ("corners", "0"),
        ("tagline", "x" * 161),
        ("tagline", "two\nlines"),
        ("announcement", "\u202eevil"),
        ("footer", "x" * 601),
        ("is_open", "yes"),
        ("is_open", None),
    ],
)
def test_invalid_value_is_400(acme, client, field, value):
    with tenant_context(acme):
        before = make_storefront()

    response = client.patch(PATH, {"tagline": "Changed", field: value})

    assert pointers(response) == {f"/{field}"}
    assert stored(acme)["tagline"] == before.tagline


def test_current_etag_permits_the_change(client):
    etag = client.get(PATH)["ETag"]

    assert client.patch(PATH, LOOK, HTTP_IF_MATCH=etag).status_code == 200


def test_outdated_etag_is_412(acme, client):
    etag = client.get(PATH)["ETag"]
    client.patch(PATH, {"tagline": "By another"})

    problem(client.patch(PATH, LOOK, HTTP_IF_MATCH=etag), 412)

    assert stored(acme)["tagline"] == "By another"


def test_known_look_is_304(client):
    etag = client.get(PATH)["ETag"]

    assert client.get(PATH, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_opening_the_shop_shows_its_pages(acme, client, acme_client):
    assert "opens soon" in acme_client.get("/").content.decode()

    client.patch(PATH, {"is_open": True})

    assert "opens soon" not in acme_client.get("/").content.decode()
