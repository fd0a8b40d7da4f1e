"""Log-in, refresh and the current user."""

import json

import pytest

from apps.tenants.context import tenant_context
from apps.users.models import User
from tests.answers import steady_headers
from tests.apps.api.assertions import pointers, problem
from tests.apps.users.factories import PASSWORD, make_tokens, make_user
from tests.auth_backends.forge import parts_of

LOGIN = "/api/auth/login/"
REFRESH = "/api/auth/refresh/"
ME = "/api/auth/me/"


@pytest.fixture
def credentials_by_reason(acme, globex, manager):
    """Credentials that fail, by reason; each user exists and could log in elsewhere."""
    with tenant_context(acme):
        make_user("inactive@acme.example", role="staff", is_active=False)
        keyless = make_user("keyless@acme.example", role="staff")
        keyless.set_unusable_password()
        keyless.save()
    with tenant_context(globex):
        make_user("elsewhere@acme.example", role="staff")
    return {
        "wrong password": {"email": manager.email, "password": "wrong battery"},
        "unknown": {"email": "nobody@acme.example", "password": PASSWORD},
        "inactive": {"email": "inactive@acme.example", "password": PASSWORD},
        "other shop only": {"email": "elsewhere@acme.example", "password": PASSWORD},
        "unusable password": {"email": "keyless@acme.example", "password": PASSWORD},
    }


def bearer(token):
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def test_login_gives_two_tokens_that_work(acme_client, manager):
    response = acme_client.post(LOGIN, {"email": manager.email, "password": PASSWORD})
    assert response.status_code == 200
    tokens = response.json()
    assert set(tokens) == {"access", "refresh"}
    assert acme_client.get(ME, **bearer(tokens["access"])).json()["email"] == manager.email
    assert acme_client.post(REFRESH, {"refresh": tokens["refresh"]}).status_code == 200


@pytest.mark.parametrize("email", ["MANAGER@acme.example", "Manager@Acme.Example"])
def test_email_is_case_insensitive(acme_client, manager, email):
    assert acme_client.post(LOGIN, {"email": email, "password": PASSWORD}).status_code == 200


def test_tokens_contain_only_the_documented_claims(acme_client, acme, manager):
    tokens = acme_client.post(LOGIN, {"email": manager.email, "password": PASSWORD}).json()
    for token in tokens.values():
        _, claims = parts_of(token)
        assert (claims["sub"], claims["aud"]) == (str(manager.pk), f"urn:shop:{acme.pk}")
        text = json.dumps(claims)
        assert [
            word for word in (manager.email, manager.first_name, "argon2") if word in text
        ] == []


def test_all_failures_get_the_same_response(acme_client, globex_client, credentials_by_reason):
    elsewhere = globex_client.post(LOGIN, credentials_by_reason["other shop only"])
    assert elsewhere.status_code == 200
    answers = [
        acme_client.post(LOGIN, credentials) for credentials in credentials_by_reason.values()
    ]
    first = problem(answers[0], 401)
    assert "errors" not in first
    for answer in answers[1:]:
        assert (answer.content, steady_headers(answer)) == (
            answers[0].content,
            steady_headers(answers[0]),
        )


@pytest.mark.parametrize(
    "password", [PASSWORD + " ", " " + PASSWORD, PASSWORD.upper(), PASSWORD[:-1], PASSWORD * 2]
)
def test_only_the_exact_password_is_accepted(acme_client, manager, password):
    problem(acme_client.post(LOGIN, {"email": manager.email, "password": password}), 401)


@pytest.mark.parametrize("field", ["email", "password"])
@pytest.mark.parametrize("value", [None, "", [], {}, "missing"])
def test_bad_credentials_are_400_at_their_pointer(acme_client, manager, field, value):
    body = {"email": manager.email, "password": PASSWORD, field: value}
    if value == "missing":
        del body[field]
    assert pointers(acme_client.post(LOGIN, body)) == {f"/{field}"}


@pytest.mark.parametrize(
    "body",
    [
        {"email": "x" * 100_000, "password": "x"},
        {"email": "a@b.example", "password": "x" * 500_000},
        {"email": "' OR 1=1 --", "password": "x"},
        {"email": "%", "password": PASSWORD},
        {"email": "MANAGER@ACME.EXAMPLE\u0131", "password": PASSWORD},
        {"email": True, "password": True},
        {"email": {"$ne": None}, "password": {"$ne": None}},
    ],
)
def test_unusual_credentials_are_refused(acme_client, manager, body):
    response = acme_client.post(LOGIN, body)
    assert response.status_code in {400, 401}
    problem(response, response.status_code)


@pytest.mark.parametrize("name", ["tenant", "tenant_id", "Tenant-Code", "shop"])
def test_shop_in_the_body_changes_nothing(
    acme_client, globex, manager, credentials_by_reason, name
):
    body = credentials_by_reason["other shop only"] | {name: str(globex.pk)}
    problem(acme_client.post(LOGIN, body), 401)


@pytest.mark.parametrize("value", ["Bearer nonsense", "Basic abc", "x"])
def test_login_ignores_an_invalid_token(acme_client, manager, value):
    credentials = {"email": manager.email, "password": PASSWORD}
    response = acme_client.post(LOGIN, credentials, HTTP_AUTHORIZATION=value)
    assert response.status_code == 200
    refreshed = acme_client.post(
        REFRESH, {"refresh": response.json()["refresh"]}, HTTP_AUTHORIZATION=value
    )
    assert refreshed.status_code == 200


def test_refresh_gives_a_new_access_token(acme_client, manager):
    tokens = make_tokens(manager)
    response = acme_client.post(REFRESH, {"refresh": tokens["refresh"]})
    access = response.json()["access"]
    assert access != tokens["access"]
    assert acme_client.get(ME, **bearer(access)).json()["id"] == str(manager.pk)
    old, new = parts_of(tokens["access"])[1], parts_of(access)[1]
    assert new["jti"] != old["jti"]
    assert (new["sub"], new["aud"], new["iss"]) == (old["sub"], old["aud"], old["iss"])


@pytest.mark.parametrize("body", [{}, {"refresh": None}, {"refresh": ""}, {"refresh": []}])
def test_missing_refresh_token_is_400_at_its_pointer(acme_client, body):
    assert pointers(acme_client.post(REFRESH, body)) == {"/refresh"}


@pytest.mark.parametrize("token", ["x", "a.b.c", "....", "null", "ü.ü.ü", "0", "x" * 100_000])
def test_garbage_is_not_a_refresh_token(acme_client, token):
    response = acme_client.post(REFRESH, {"refresh": token})
    assert response.status_code in {400, 401}
    problem(response, response.status_code)


def test_me_is_the_user_of_the_token(acme_client, manager):
    response = acme_client.as_(manager).get(ME)
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {
        "id",
        "email",
        "first_name",
        "last_name",
        "role",
        "is_active",
        "created_at",
    }
    assert (body["id"], body["first_name"], body["role"]) == (str(manager.pk), "Mo", "manager")


def test_new_name_is_returned_by_the_next_request(acme_client, manager):
    client = acme_client.as_(manager)
    client.patch(f"/api/users/{manager.pk}/", {"first_name": "Max"})
    assert client.get(ME).json()["first_name"] == "Max"


def test_platform_has_no_login(platform, manager):
    for path in (LOGIN, REFRESH):
        problem(platform.post(path, {"email": manager.email, "password": PASSWORD}), 404)


def test_stored_hash_is_argon2id_as_strong_as_owasp_asks(acme_client, owner, acme, settings):
    settings.PASSWORD_HASHERS = ["auth_backends.hashers.Argon2idHasher"]
    body = {"email": "new@acme.example", "password": "another battery"}
    assert acme_client.as_(owner).post("/api/users/", body).status_code == 201
    with tenant_context(acme):
        stored = User.objects.get(email="new@acme.example").password
    name, kind, version, parameters, salt, digest = stored.split("$")
    costs = dict(pair.split("=") for pair in parameters.split(","))
    assert (name, kind, version) == ("argon2", "argon2id", "v=19")
    assert (int(costs["m"]) >= 19_456, int(costs["t"]) >= 2, int(costs["p"]) >= 1) == (True,) * 3
    assert (len(salt) >= 16, len(digest) >= 32) == (True, True)


def test_same_password_is_never_the_same_hash(acme_client, owner, acme):
    for name in ("one", "two"):
        body = {"email": f"{name}@acme.example", "password": "another battery"}
        acme_client.as_(owner).post("/api/users/", body)
    with tenant_context(acme):
        hashes = list(User.objects.exclude(pk=owner.pk).values_list("password", flat=True))
    assert len(set(hashes)) == 2
