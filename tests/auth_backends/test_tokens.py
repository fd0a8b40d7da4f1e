"""The contents of tokens, and the refusal of all others at every endpoint."""

import base64
import json
from uuid import uuid4

import pytest
from django.conf import settings

from apps.tenants.context import tenant_context
from apps.users.models import User
from auth_backends.authentication import TenantJWTAuthentication
from tests.apps.api.assertions import problem
from tests.apps.users.factories import make_tokens, make_user
from tests.auth_backends.forge import MISSING, forge, now, parts_of, sign, unsigned
from tests.pairs import spread, spread_first
from tests.surface import operations

KID = next(iter(settings.JWT_KEYS))
REQUIRED = ["iss", "aud", "sub", "jti", "iat", "nbf", "exp", "token_type"]


@pytest.mark.parametrize(("kind", "typ"), [("access", "at+jwt"), ("refresh", "rt+jwt")])
def test_token_has_the_documented_claims(acme, manager, kind, typ):
    header, claims = parts_of(make_tokens(manager)[kind])
    assert header == {"alg": "HS256", "kid": KID, "typ": typ}
    assert (claims["iss"], claims["aud"], claims["sub"]) == (
        "http://localhost",
        f"urn:shop:{acme.pk}",
        str(manager.pk),
    )
    assert set(REQUIRED) <= set(claims)
    assert abs(claims["iat"] - now()) <= 2
    assert claims["nbf"] <= now()
    assert manager.email not in json.dumps(claims)


def test_access_token_expires_after_ten_minutes(manager):
    _, claims = parts_of(make_tokens(manager)["access"])
    assert claims["exp"] - claims["iat"] == 600


def test_tokens_are_unique(manager):
    ids = [parts_of(make_tokens(manager)[kind])[1]["jti"] for kind in ("access", "refresh") * 5]
    assert len(set(ids)) == 10


def test_valid_token_is_accepted(every_client, manager):
    every_client.assert_accepted(make_tokens(manager)[every_client.kind])


def test_control_resigned_token_without_changes_is_accepted(every_client, manager):
    """The control: the tokens below are refused for their change, not for the new signature."""
    every_client.assert_accepted(forge(manager, every_client.kind))


def test_token_of_another_shop_is_refused(every_client, globex_client, globex_owner):
    tokens = make_tokens(globex_owner)
    assert globex_client.as_(globex_owner).get("/api/auth/me/").status_code == 200
    every_client.assert_refused(tokens[every_client.kind])


def test_token_of_the_same_email_in_another_shop_is_refused(client_of_each_kind, manager, globex):
    with tenant_context(globex):
        twin = make_user(manager.email, role="manager")
    client_of_each_kind.assert_refused(make_tokens(twin)[client_of_each_kind.kind])
    client_of_each_kind.assert_refused(
        forge(manager, client_of_each_kind.kind, claims={"aud": f"urn:shop:{globex.pk}"})
    )
    client_of_each_kind.assert_refused(
        forge(manager, client_of_each_kind.kind, claims={"sub": str(twin.pk)})
    )


def test_token_of_the_other_kind_is_refused(every_client, manager):
    every_client.assert_refused(make_tokens(manager)[every_client.other_kind])


@pytest.mark.parametrize("value", ["reset", "", None, 1, ["access", "refresh"], {}, MISSING])
def test_token_of_another_type_is_refused(token_client, manager, value):
    token_client.assert_refused(forge(manager, token_client.kind, claims={"token_type": value}))


@pytest.mark.parametrize("typ", ["JWT", "jwt", "", "dpop+jwt", None, 1, ["at+jwt"], {}, MISSING])
def test_token_of_another_header_typ_is_refused(token_client, manager, typ):
    token_client.assert_refused(forge(manager, token_client.kind, header={"typ": typ}))


def test_typ_of_the_other_kind_is_refused(client_of_each_kind, manager):
    typ = parts_of(make_tokens(manager)[client_of_each_kind.other_kind])[0]["typ"]
    client_of_each_kind.assert_refused(
        forge(manager, client_of_each_kind.kind, header={"typ": typ})
    )


@pytest.mark.parametrize(
    "alg",
    [
        "none",
        "None",
        "NONE",
        "nOnE",
        "HS512",
        "HS384",
        "RS256",
        "ES256",
        "EdDSA",
        "PS256",
        "hs256",
        "",
        "HS256 ",
        "HS1",
        None,
        1,
        ["HS256"],
        {},
        MISSING,
    ],
)
def test_other_algorithm_is_refused(token_client, manager, alg):
    token = forge(manager, token_client.kind, header={"alg": alg})
    token_client.assert_refused(token)
    token_client.assert_refused(unsigned(token))


def test_unsigned_and_badly_signed_are_refused(client_of_each_kind, manager):
    good = make_tokens(manager)[client_of_each_kind.kind]
    signed, _, signature = good.rpartition(".")
    for spoiled in (
        unsigned(good),
        signed,
        f"{signed}.{signature[::-1]}",
        f"{signed}.{signature[:-4]}",
        f"{signed}.{'A' * len(signature)}",
        f"{good}.{signature}",
        good.replace(".", "..", 1),
        " ".join(good),
    ):
        client_of_each_kind.assert_refused(spoiled)


@pytest.mark.parametrize("key", ["", "x" * 32, settings.SECRET_KEY, "secret", KID])
def test_other_key_is_refused(token_client, manager, key):
    token_client.assert_refused(forge(manager, token_client.kind, key=key))


@pytest.mark.parametrize(
    "kid",
    [
        "unknown",
        "",
        " ",
        f"{KID} ",
        "../../../../dev/null",
        "/etc/passwd",
        "' OR '1'='1",
        "0 UNION SELECT 'x'",
        "https://evil.example/keys",
        "x" * 10_000,
        "\x00",
        "__class__",
        None,
        True,
        0,
        1.5,
        [KID],
        {KID: KID},
        MISSING,
    ],
)
def test_other_kid_is_refused(token_client, manager, kid):
    token_client.assert_refused(forge(manager, token_client.kind, header={"kid": kid}))


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"crit": ["x"], "x": 1},
        {"crit": []},
        {"crit": "exp"},
        {"crit": None},
    ],
)
def test_critical_header_is_refused(token_client, manager, header):
    token_client.assert_refused(forge(manager, token_client.kind, header=header))


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "http://127.0.0.1:9/keys"},
        {"x5u": "http://127.0.0.1:9/cert"},
        {"jwk": {"kty": "oct", "k": base64.urlsafe_b64encode(b"x" * 32).decode()}},
        {"x5c": ["AAAA"]},
        {"jwk": {"kty": "oct", "k": "eA"}, "kid": MISSING},
    ],
)
def test_key_in_a_header_is_never_used(token_client, manager, header):
    token_client.assert_refused(forge(manager, token_client.kind, header=header, key="x" * 32))


@pytest.mark.parametrize("claim", REQUIRED)
def test_missing_claim_is_refused(token_client, manager, claim):
    token_client.assert_refused(forge(manager, token_client.kind, claims={claim: MISSING}))


ODD = {
    "null": None,
    "true": True,
    "a list": [],
    "a list of one": ["x"],
    "an object": {},
    "nothing": "",
    "a word": "x",
    "NUL": "\x00",
    "a float": 0.5,
    "a number": 12345,
}


@pytest.mark.parametrize(
    ("claim", "odd"), spread_first(["exp", "sub", "aud", "iss", "nbf", "iat"], list(ODD))
)
def test_claim_of_another_type_is_refused(token_client, manager, claim, odd):
    value = ODD[odd]
    if claim in {"nbf", "iat"} and odd in {"a float", "a number", "true"}:
        value = now() + 1_000  # a time long ago would be a good one
    token_client.assert_refused(forge(manager, token_client.kind, claims={claim: value}))


@pytest.mark.parametrize("odd", ODD)
def test_unusual_jti_is_not_a_server_error(token_client, manager, odd):
    response = token_client.send(forge(manager, token_client.kind, claims={"jti": ODD[odd]}))
    if response.status_code != token_client.success:
        problem(response, 401)


@pytest.mark.parametrize("wrap", [lambda aud, _: [aud], lambda aud, other: [aud, other]])
def test_list_of_audiences_is_refused(token_client, manager, acme, globex, wrap):
    aud = wrap(f"urn:shop:{acme.pk}", f"urn:shop:{globex.pk}")
    token_client.assert_refused(forge(manager, token_client.kind, claims={"aud": aud}))


@pytest.mark.parametrize("form", ["{}", "urn:shop:{} ", "URN:SHOP:{}", "urn:shop:{}x", "urn:{}"])
def test_similar_audience_is_refused(token_client, manager, acme, form):
    token_client.assert_refused(
        forge(manager, token_client.kind, claims={"aud": form.format(acme.pk)})
    )


@pytest.mark.parametrize(
    "issuer",
    [
        "http://localhos",
        "http://localhost/",
        "http://localhostx",
        "https://localhost",
        "localhost",
        "http://LOCALHOST",
        ["http://localhost"],
        {"http://localhost": 1},
    ],
)
def test_other_issuer_is_refused(token_client, manager, issuer):
    token_client.assert_refused(forge(manager, token_client.kind, claims={"iss": issuer}))


@pytest.mark.parametrize("form", ["{0}", "{0}\x00", " {0}", "urn:uuid:{0}x", "{0}{0}", "{1}"])
def test_unknown_subject_is_refused(token_client, manager, form):
    sub = form.format(manager.pk, uuid4())
    if sub != str(manager.pk):
        token_client.assert_refused(forge(manager, token_client.kind, claims={"sub": sub}))
    token_client.assert_refused(forge(manager, token_client.kind, claims={"sub": [sub]}))


@pytest.mark.parametrize(
    "exp",
    [1e308, -1e308, 10**20, 10**400, -1, -(10**20), 0, "soon", [2**31], {"exp": 1}, 2**63],
    ids=lambda exp: str(exp)[:25],
)
def test_impossible_expiry_is_refused(token_client, manager, exp):
    token_client.assert_refused(forge(manager, token_client.kind, claims={"exp": exp}))


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
def test_time_in_a_string_is_refused(token_client, manager, claim):
    _, claims = parts_of(make_tokens(manager)[token_client.kind])
    token_client.assert_refused(
        forge(manager, token_client.kind, claims={claim: str(claims[claim])})
    )


@pytest.mark.parametrize(
    ("text", "claim"),
    spread(["NaN", "Infinity", "-Infinity", "1e999", "9" * 5_000], ["exp", "nbf", "iat"]),
)
def test_timestamp_that_is_not_an_integer_is_refused(token_client, manager, claim, text):
    header, claims = parts_of(make_tokens(manager)[token_client.kind])
    raw = json.dumps(claims | {claim: "HERE"}).replace('"HERE"', text).encode()
    token_client.assert_refused(sign(header, raw))


@pytest.mark.parametrize("seconds", [31, 32, 60, 3_600, 10**8])
def test_expired_token_is_refused(token_client, manager, seconds):
    token_client.assert_refused(forge(manager, token_client.kind, claims={"exp": now() - seconds}))


def test_invalid_token_is_refused_at_every_endpoint(every_client, manager):
    for claims in ({"exp": 0}, {"iss": "x"}, {"aud": []}, {"sub": None}):
        every_client.assert_refused(forge(manager, every_client.kind, claims=claims))


def test_every_view_reads_tokens_by_one_class():
    views = {op.view.cls for op in operations("shop") if hasattr(op.view, "cls")}
    read_by = {tuple(view.authentication_classes) for view in views}
    assert read_by == {(), (TenantJWTAuthentication,)}


@pytest.mark.parametrize("seconds", [1, 15, 28])
def test_clock_skew_of_half_a_minute_is_tolerated(token_client, manager, seconds):
    token_client.assert_accepted(forge(manager, token_client.kind, claims={"exp": now() - seconds}))
    response = token_client.send(forge(manager, token_client.kind, claims={"nbf": now() + seconds}))
    assert response.status_code != 401


@pytest.mark.parametrize(("seconds", "claim"), spread([35, 3_600, 10**8, 10**20], ["nbf", "iat"]))
def test_token_from_the_future_is_refused(token_client, manager, claim, seconds):
    token_client.assert_refused(forge(manager, token_client.kind, claims={claim: now() + seconds}))


def test_claims_grant_no_permissions(acme_client, acme):
    with tenant_context(acme):
        customer = make_user(role="customer")
    token = forge(customer, claims={"role": "owner", "is_staff": True, "is_superuser": True})
    response = acme_client.post(
        "/api/products/", {"name": "x", "code": "x"}, HTTP_AUTHORIZATION=f"Bearer {token}"
    )
    problem(response, 403)


def test_deactivated_user_is_refused_at_the_next_request(client_of_each_kind, manager):
    token = make_tokens(manager)[client_of_each_kind.kind]
    with tenant_context(manager.tenant):
        manager.change(is_active=False)
    client_of_each_kind.assert_refused(token)


def test_deleted_user_is_refused_at_the_next_request(client_of_each_kind, manager):
    token = make_tokens(manager)[client_of_each_kind.kind]
    with tenant_context(manager.tenant):
        User.objects.filter(pk=manager.pk).delete()
    client_of_each_kind.assert_refused(token)


def test_changed_role_takes_effect_with_the_next_request(acme_client, acme, manager):
    client = acme_client.as_(manager)
    assert client.post("/api/products/", {"name": "x", "code": "x"}).status_code == 201
    with tenant_context(acme):
        manager.change(role="customer")
    problem(client.post("/api/products/", {"name": "y", "code": "y"}), 403)
    assert len(client.get("/api/users/").json()["results"]) == 1
