"""POST /api/shops/ creates a shop and its owner, or nothing."""

from uuid import UUID

import pytest
from django.utils.dateparse import parse_datetime

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.api.assertions import pointers, problem
from tests.apps.shops.requests import OWNER, opening
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_user
from tests.apps.users.support import NEW_PASSWORD, mail_about, secret_in, shop_client
from tests.conftest import ShopClient
from tests.processes import until


def without(body, *path):
    """Return a copy of `body` that lacks the value at `path`."""
    head, *rest = path
    if rest:
        return body | {head: without(body[head], *rest)}
    return {key: value for key, value in body.items() if key != head}


def test_opening_returns_the_shop(platform):
    response = platform.post("/api/shops/", opening("pear", name="Pear & Sons"))
    assert response.status_code == 201
    body = response.json()
    assert set(body) == {"id", "code", "name", "url", "created_at"}
    shop = Tenant.objects.get(code="pear")
    assert (UUID(body["id"]), body["code"], body["name"]) == (shop.pk, "pear", "Pear & Sons")
    assert parse_datetime(body["created_at"]) == shop.created_at


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost:8000", "http://pear.localhost:8000/"),
        ("localhost:9123", "http://pear.localhost:9123/"),
        ("localhost", "http://pear.localhost/"),
        ("www.localhost:8000", "http://pear.localhost:8000/"),
    ],
)
def test_url_has_the_port_of_the_request(platform, host, url):
    response = platform.post("/api/shops/", opening("pear"), HTTP_HOST=host)
    assert response.json()["url"] == url


def test_forwarded_host_changes_no_url(platform):
    response = platform.post(
        "/api/shops/", opening("pear"), HTTP_X_FORWARDED_HOST="evil.example:666"
    )
    assert response.json()["url"] == "http://pear.localhost:8000/"


def test_owner_is_stored_in_the_new_shop_and_only_there(platform, acme):
    platform.post("/api/shops/", opening("pear", owner={"last_name": "Tree"}))
    with tenant_context(Tenant.objects.get(code="pear")):
        (owner,) = User.objects.all()
        assert (owner.email, owner.role, owner.first_name, owner.last_name, owner.is_active) == (
            OWNER["email"],
            "owner",
            OWNER["first_name"],
            "Tree",
            True,
        )
        assert owner.check_password(OWNER["password"])
    with tenant_context(acme):
        assert User.objects.count() == 0


def test_owner_can_log_in_at_the_new_host_and_nowhere_else(platform, acme_client):
    platform.post("/api/shops/", opening("pear"))
    credentials = {"email": OWNER["email"], "password": OWNER["password"]}
    pear = ShopClient("pear.localhost:8000")
    response = pear.post("/api/auth/login/", credentials)
    assert response.status_code == 200
    token = f"Bearer {response.json()['access']}"
    me = pear.get("/api/auth/me/", HTTP_AUTHORIZATION=token)
    assert (me.status_code, me.json()["email"], me.json()["role"]) == (200, OWNER["email"], "owner")
    problem(acme_client.post("/api/auth/login/", credentials), 401)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_new_host_responds_although_it_was_cached_as_unknown(platform):
    pear = ShopClient("pear.localhost:8000")
    problem(pear.get("/api/shop/"), 404)
    platform.post("/api/shops/", opening("pear"))
    until(lambda: pear.get("/api/shop/").status_code == 200)


def test_owner_may_already_have_an_account_elsewhere(platform, acme):
    with tenant_context(acme):
        make_user(OWNER["email"])
    assert platform.post("/api/shops/", opening("pear")).status_code == 201


@pytest.mark.parametrize("code", ["", "a bc", "xn--80ak6aa92e", None, {"code": "acme"}])
def test_malformed_code_is_400_at_its_pointer(platform, code):
    assert pointers(platform.post("/api/shops/", opening(code))) == {"/code"}
    assert Tenant.objects.count() == 0


def test_nul_in_a_code_is_400(platform):
    problem(platform.post("/api/shops/", opening("acme\x00")), 400)
    assert Tenant.objects.count() == 0


@pytest.mark.parametrize("code", [" pear", "pear ", "pear\n", "\tpear\r\n"])
def test_space_around_a_code_is_never_stored(platform, code):
    response = platform.post("/api/shops/", opening(code))
    stored = list(Tenant.objects.values_list("code", flat=True))
    if response.status_code == 201:
        assert (response.json()["code"], stored) == ("pear", ["pear"])
    else:
        assert (pointers(response), stored) == ({"/code"}, [])


@pytest.mark.parametrize("code", ["abc", "a" * 63])
def test_valid_code_opens_a_shop(platform, code):
    assert platform.post("/api/shops/", opening(code)).status_code == 201


@pytest.mark.parametrize("code", ["www", "postmaster"])
def test_reserved_code_is_400_at_its_pointer(platform, code):
    body = problem(platform.post("/api/shops/", opening(code)), 400)
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [
        ("/code", "reserved")
    ]
    assert Tenant.objects.count() == 0


@pytest.mark.parametrize("code", ["PEAR", "Pear", "pEaR"])
def test_upper_case_code_is_lowered_or_refused(platform, code):
    response = platform.post("/api/shops/", opening(code))
    stored = list(Tenant.objects.values_list("code", flat=True))
    if response.status_code == 201:
        assert (response.json()["code"], stored) == ("pear", ["pear"])
    else:
        assert (pointers(response), stored) == ({"/code"}, [])


def test_upper_case_spelling_of_a_taken_code_opens_no_second_shop(platform, acme):
    response = platform.post("/api/shops/", opening("ACME"))
    assert response.status_code in {400, 409}
    assert list(Tenant.objects.values_list("code", flat=True)) == ["acme"]


def test_kelvin_sign_in_a_code_is_400(platform):
    response = platform.post("/api/shops/", opening("\u212ailn"))

    assert (response.status_code, pointers(response)) == (400, {"/code"})
    assert not Tenant.objects.exists()


@pytest.mark.parametrize("code", ["acme-store", "acme-st0re"])
def test_taken_and_look_alike_codes_are_409(platform, code):
    make_tenant("acme-store")
    problem(platform.post("/api/shops/", opening(code)), 409, "code_taken")
    assert list(Tenant.objects.values_list("code", flat=True)) == ["acme-store"]


@pytest.mark.parametrize(
    ("old", "new"), [("lily", "1ily"), ("l00k", "look"), ("s01e", "sole"), ("kiln", "k1ln")]
)
def test_code_that_looks_like_another_is_409(platform, old, new):
    make_tenant(old)
    problem(platform.post("/api/shops/", opening(new)), 409, "code_taken")


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_once_used_code_is_never_issued_again(platform, status):
    make_tenant("pear", status=status)
    problem(platform.post("/api/shops/", opening("pear")), 409, "code_taken")


@pytest.mark.parametrize(
    "path",
    [
        ("code",),
        ("name",),
        ("owner",),
        ("owner", "email"),
        ("owner", "password"),
        ("owner", "first_name"),
    ],
)
def test_missing_field_is_400_at_its_pointer(platform, path):
    response = platform.post("/api/shops/", without(opening("pear"), *path))
    found = pointers(response)
    assert found
    assert all(pointer.startswith("/" + "/".join(path)) for pointer in found)
    assert Tenant.objects.count() == 0


def test_all_missing_fields_are_named_at_once(platform):
    response = platform.post("/api/shops/", {"owner": {}})
    assert pointers(response) == {
        "/code",
        "/name",
        "/owner/email",
        "/owner/password",
        "/owner/first_name",
    }


@pytest.mark.parametrize(
    ("owner", "pointer"),
    [
        (None, "/owner"),
        ([], "/owner"),
        ("me", "/owner"),
        ({"email": "no address"}, "/owner/email"),
        ({"email": "a" * 250 + "@b.example"}, "/owner/email"),
        ({"first_name": ""}, "/owner/first_name"),
        ({"first_name": "x" * 101}, "/owner/first_name"),
        ({"last_name": "x" * 101}, "/owner/last_name"),
    ],
)
def test_bad_owner_is_400_and_leaves_no_shop(platform, owner, pointer):
    found = pointers(platform.post("/api/shops/", opening("pear", owner=owner)))
    assert found
    assert all(each == pointer or each.startswith("/owner/") for each in found)
    assert pointer in found or pointer == "/owner"
    assert Tenant.objects.count() == 0


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, None, ["x"]])
def test_bad_name_is_400_at_its_pointer(platform, name):
    assert pointers(platform.post("/api/shops/", opening("pear", name=name))) == {"/name"}


@pytest.mark.parametrize("password", ["password", "boss@pear.example", None])
def test_weak_password_is_400_at_its_pointer(platform, password):
    response = platform.post("/api/shops/", opening("pear", owner={"password": password}))
    assert pointers(response) == {"/owner/password"}
    assert Tenant.objects.count() == 0


@pytest.mark.parametrize("password", ["x7" * 32, "🔒🔑🗝️ and 📎 of mine"])
def test_valid_password_is_accepted_unchanged(platform, password):
    response = platform.post("/api/shops/", opening("pear", owner={"password": password}))
    assert response.status_code == 201
    pear = ShopClient("pear.localhost:8000")
    credentials = {"email": OWNER["email"], "password": password}
    assert pear.post("/api/auth/login/", credentials).status_code == 200
    for changed in (password[:-1], password + " ", password.strip() + "x"):
        response = pear.post("/api/auth/login/", credentials | {"password": changed})
        assert response.status_code == 401


def test_response_contains_no_password(platform):
    for response in (
        platform.post("/api/shops/", opening("pear")),
        platform.post("/api/shops/", opening("pear")),
        platform.post("/api/shops/", opening("x")),
    ):
        assert OWNER["password"] not in response.content.decode()


@pytest.mark.parametrize(("language", "status"), [("fr", 201), ("pt-BR-", 400), ("", 400)])
def test_language_may_be_chosen(platform, language, status):
    response = platform.post("/api/shops/", opening("pear") | {"language": language})

    assert response.status_code == status
    assert [shop.language for shop in Tenant.objects.all()] == [language] * (status == 201)


@pytest.mark.parametrize(
    "extra",
    [
        {"id": "00000000-0000-7000-8000-000000000000"},
        {"status": "suspended"},
        {"created_at": "2001-01-01T00:00:00Z"},
        {"owner": OWNER | {"role": "customer", "is_active": False, "id": "0"}},
    ],
)
def test_read_only_fields_are_ignored(platform, extra):
    response = platform.post("/api/shops/", opening("pear") | extra)
    if response.status_code != 201:
        problem(response, 400)
        assert Tenant.objects.count() == 0
        return
    shop = Tenant.objects.get(code="pear")
    assert (shop.status, shop.created_at.year > 2001) == ("open", True)
    assert str(shop.pk) != extra.get("id")
    with tenant_context(shop):
        (owner,) = User.objects.all()
        assert (owner.role, owner.is_active) == ("owner", True)


def test_shops_are_opened_on_the_platform_host_only(acme_client):
    problem(acme_client.post("/api/shops/", opening("pear")), 404)
    assert list(Tenant.objects.values_list("code", flat=True)) == ["acme"]


def test_shops_cannot_be_listed(platform, acme):
    problem(platform.get("/api/shops/"), 405)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_is_mailed_a_link_that_confirms_the_shop(platform):
    assert platform.post("/api/shops/", opening("pear")).status_code == 201
    shop = Tenant.objects.get(code="pear")
    assert shop.confirmed_at is None
    secret = secret_in(mail_about(OWNER["email"], "Confirm your shop Pear"))

    body = {"token": secret, "password": NEW_PASSWORD}
    answer = shop_client(shop).post("/api/auth/email/confirm/", body)

    assert answer.status_code == 204
    shop.refresh_from_db()
    assert shop.confirmed_at is not None
