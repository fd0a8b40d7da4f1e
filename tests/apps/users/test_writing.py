"""Writes of the endpoints of users."""

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.apps.api.assertions import pointers, problem
from tests.apps.products.factories import make_product
from tests.apps.users.factories import PASSWORD, make_user
from tests.pairs import spread_first

FIELDS = {"id", "email", "first_name", "last_name", "role", "is_active", "created_at"}
NEW = {
    "email": "new@acme.example",
    "password": PASSWORD,
    "first_name": "Jo",
    "last_name": "Doe",
    "role": "staff",
}
ELSEWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def client(acme_client, owner):
    return acme_client.as_(owner)


def stored(acme, **lookups):
    with tenant_context(acme):
        return User.objects.values().get(**lookups)


def path(user):
    return f"/api/users/{user.pk}/"


def test_created_user_is_returned_and_stored(client, acme):
    response = client.post("/api/users/", NEW)
    assert response.status_code == 201
    body = response.json()
    assert set(body) == FIELDS
    assert body | NEW == body | NEW | {"is_active": True}
    row = stored(acme, pk=body["id"])
    assert (row["email"], row["role"], row["tenant_id"]) == ("new@acme.example", "staff", acme.pk)
    assert client.get(f"/api/users/{body['id']}/").json() == body


def test_created_user_can_log_in(client, acme_client):
    client.post("/api/users/", NEW)
    response = acme_client.post("/api/auth/login/", {"email": NEW["email"], "password": PASSWORD})
    assert response.status_code == 200


def test_role_of_a_new_user_defaults_to_customer(client):
    body = {"email": "new@acme.example", "password": PASSWORD}
    assert client.post("/api/users/", body).json()["role"] == "customer"


def test_responses_contain_no_password(client, owner):
    created = client.post("/api/users/", NEW)
    user = f"/api/users/{created.json()['id']}/"
    answers = [
        created,
        client.get("/api/users/"),
        client.get(user),
        client.patch(user, {"first_name": "X"}),
        client.put(user, {"email": NEW["email"], "first_name": "X", "role": "staff"}),
        client.get("/api/auth/me/"),
        client.post("/api/users/", NEW),
    ]
    for answer in answers:
        text = answer.content.decode()
        assert (PASSWORD in text, "argon2" in text, '"password"' in text) == (False, False, False)


@pytest.mark.parametrize("method", ["patch", "put"])
def test_password_is_refused_on_update(client, acme, owner, method):
    before = stored(acme, pk=owner.pk)
    body = {"email": owner.email, "first_name": "X", "role": "owner", "password": "new battery 9"}
    assert pointers(getattr(client, method)(path(owner), body)) == {"/password"}
    assert stored(acme, pk=owner.pk) == before


@pytest.mark.parametrize("password", ["password", None, "new@acme.example"])
def test_weak_password_is_400_at_its_pointer(client, acme, password):
    assert pointers(client.post("/api/users/", NEW | {"password": password})) == {"/password"}
    with tenant_context(acme):
        assert User.objects.count() == 1


@pytest.mark.parametrize("field", ["email", "password"])
def test_missing_field_is_400_at_its_pointer(client, field):
    body = {key: value for key, value in NEW.items() if key != field}
    assert pointers(client.post("/api/users/", body)) == {f"/{field}"}


@pytest.mark.parametrize(
    ("change", "method"),
    spread_first(
        [
            ("email", "no address"),
            ("email", ""),
            ("email", None),
            ("email", ["a@b.example"]),
            ("email", "a" * 250 + "@b.example"),
            ("email", "a@b.example\n<script>"),
            ("role", "god"),
            ("role", "OWNER"),
            ("role", ""),
            ("role", None),
            ("role", ["owner"]),
            ("role", {"owner": 1}),
            ("first_name", "x" * 101),
            ("first_name", None),
            ("last_name", "x" * 101),
            ("last_name", {}),
            ("is_active", "maybe"),
            ("is_active", None),
            ("is_active", []),
        ],
        ["post", "patch"],
    ),
)
def test_bad_value_is_400_at_its_pointer(client, acme, owner, change, method):
    field, value = change
    before = stored(acme, pk=owner.pk)
    if method == "post":
        response = client.post("/api/users/", NEW | {field: value})
    else:
        response = client.patch(path(owner), {field: value})
    assert pointers(response) == {f"/{field}"}
    with tenant_context(acme):
        assert list(User.objects.values()) == [before]


@pytest.mark.parametrize(
    ("change", "method"),
    spread_first(
        [
            ("id", ELSEWHERE),
            ("pk", ELSEWHERE),
            ("tenant", "the other"),
            ("tenant_id", "the other"),
            ("created_at", "2001-01-01T00:00:00Z"),
            ("is_superuser", True),
            ("is_staff", True),
            ("last_login", "2001-01-01T00:00:00Z"),
            ("groups", [1]),
            ("user_permissions", [1]),
            ("_state", {"adding": False}),
            ("objects", None),
        ],
        ["patch", "post", "put"],
    ),
)
def test_read_only_field_is_never_stored(client, acme, globex, change, method):
    name, value = change
    with tenant_context(acme):
        user = make_user("kim@acme.example", role="staff")
    value = str(globex.pk) if value == "the other" else value
    body = {"email": "kim@acme.example", "first_name": "Kim", "role": "staff", name: value}
    before = stored(acme, pk=user.pk)
    if method == "post":
        response = client.post("/api/users/", NEW | {name: value})
        if response.status_code == 400:
            return
        assert response.status_code == 201
        row = stored(acme, email=NEW["email"])
        assert (row["tenant_id"], row["created_at"].year > 2001) == (acme.pk, True)
        assert str(row["id"]) != ELSEWHERE
    else:
        response = getattr(client, method)(path(user), body)
        assert response.status_code in {200, 400}
        assert stored(acme, pk=user.pk) == before
    assert not {"is_superuser", "is_staff", "tenant", "tenant_id"} & set(response.json())
    with tenant_context(globex):
        assert User.objects.count() == 0


def test_email_is_unique_in_the_shop_whatever_its_case(client, acme):
    assert client.post("/api/users/", NEW).status_code == 201
    for email in ("new@acme.example", "NEW@acme.example", "New@Acme.Example"):
        assert pointers(client.post("/api/users/", NEW | {"email": email})) == {"/email"}
    with tenant_context(acme):
        assert User.objects.count() == 2


@pytest.mark.parametrize("email", ["owner@acme.example", "OWNER@ACME.example"])
def test_update_to_the_email_of_another_user_is_refused(client, acme, email):
    with tenant_context(acme):
        user = make_user("kim@acme.example", role="staff")
    assert pointers(client.patch(path(user), {"email": email})) == {"/email"}
    assert stored(acme, pk=user.pk)["email"] == "kim@acme.example"


def test_own_email_in_another_case_is_accepted(client, owner):
    response = client.patch(path(owner), {"email": "Owner@ACME.example"})
    assert (response.status_code, response.json()["email"]) == (200, "owner@acme.example")


def test_email_is_stored_in_lower_case(client, acme):
    response = client.post("/api/users/", NEW | {"email": "NeW@AcMe.Example"})
    assert response.json()["email"] == "new@acme.example"
    assert stored(acme, pk=response.json()["id"])["email"] == "new@acme.example"


def test_same_email_in_two_shops_is_two_unrelated_users(client, acme_client, globex, globex_client):
    with tenant_context(globex):
        theirs = make_user("kim@both.example", role="staff", first_name="Theirs")
        before = User.objects.values().get(pk=theirs.pk)
    created = client.post("/api/users/", NEW | {"email": "kim@both.example"})
    assert created.status_code == 201
    ours = f"/api/users/{created.json()['id']}/"
    client.patch(ours, {"first_name": "Ours", "email": "moved@both.example"})
    client.delete(ours)
    with tenant_context(globex):
        assert User.objects.values().get(pk=theirs.pk) == before
    credentials = {"email": "kim@both.example", "password": PASSWORD}
    assert globex_client.post("/api/auth/login/", credentials).status_code == 200
    problem(acme_client.post("/api/auth/login/", credentials), 401)


def test_delete_deactivates_and_keeps_all_rows(client, acme):
    with tenant_context(acme):
        user = make_user("kim@acme.example", role="staff")
        product = make_product("mug", added_by=user)
    before = stored(acme, pk=user.pk)
    response = client.delete(path(user))
    assert (response.status_code, response.content) == (204, b"")
    assert stored(acme, pk=user.pk) == before | {"is_active": False}
    assert client.get(path(user)).json()["is_active"] is False
    assert client.get(f"/api/products/{product.pk}/").json()["added_by"] == str(user.pk)
    assert client.delete(path(user)).status_code in {204, 404}


def test_deactivated_user_may_be_activated_again(client, acme, acme_client):
    with tenant_context(acme):
        user = make_user("kim@acme.example", role="staff", is_active=False)
    credentials = {"email": "kim@acme.example", "password": PASSWORD}
    problem(acme_client.post("/api/auth/login/", credentials), 401)
    assert client.patch(path(user), {"is_active": True}).json()["is_active"] is True
    assert acme_client.post("/api/auth/login/", credentials).status_code == 200


def test_platform_has_no_users(platform, client):
    problem(client.get("/api/users/", HTTP_HOST=platform.host), 404)
