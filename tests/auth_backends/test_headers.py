"""Malformed Authorization headers and tokens."""

import time

import pytest

from tests.apps.api.assertions import client_problem, problem
from tests.apps.users.factories import make_tokens
from tests.auth_backends.forge import parts_of, sign
from tests.pairs import spread


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_scheme_is_case_insensitive(acme_client, manager, scheme):
    token = make_tokens(manager)["access"]
    response = acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"{scheme} {token}")
    assert (response.status_code, response.json()["email"]) == (200, manager.email)


@pytest.mark.parametrize("scheme", ["Basic", "Token", "JWT", "Bearer:", "Bearerx", "", "Digest"])
def test_other_scheme_is_401(acme_client, manager, scheme):
    token = make_tokens(manager)["access"]
    problem(acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"{scheme} {token}"), 401)


GARBAGE = [
    "Bearer",
    "Bearer ",
    "Bearer  ",
    "Bearer a",
    "Bearer a b",
    "Bearer a b c",
    "Bearer .",
    "Bearer ..",
    "Bearer ...",
    "Bearer a.b",
    "Bearer a.b.c",
    "Bearer a.b.c.d",
    "Bearer a.b.c.d.e",
    "Bearer null",
    "Bearer undefined",
    "Bearer \x00",
    "Bearer \x00.\x00.\x00",
    "Bearer \xff.\xfe.\xfd",
    "Bearer ü.ü.ü",
    "Bearer a.b.c, Bearer d.e.f",
    "Bearer ====.====.====",
    "Bearer " + "a" * 100_000,
    "Bearer " + "." * 100_000,
    "Bearer " + ".".join(["a" * 35_000] * 3),
    "x" * 100_000,
    " " * 1_000,
    ",",
    "\x00",
    "\xff",
]


PLACES = [
    ("GET", "/api/auth/me/"),
    ("GET", "/api/users/"),
    ("POST", "/api/products/"),
    ("PATCH", "/api/shop/"),
]


@pytest.mark.parametrize(
    ("value", "place"), spread(GARBAGE, PLACES), ids=lambda value: ascii(value)[:40]
)
def test_garbage_is_401(acme_client, value, place):
    method, path = place
    response = acme_client.generic(
        method, path, b"{}", content_type="application/json", HTTP_AUTHORIZATION=value
    )
    problem(response, 401)


def deep(levels):
    return b'{"a":' * levels + b"1" + b"}" * levels


HEADERS = {
    "a list": b'["HS256"]',
    "a string": b'"HS256"',
    "null": b"null",
    "a number": b"1",
    "nothing": b"",
    "no JSON": b"{",
    "broken UTF-8": b'{"alg": "\xff"}',
    "UTF-16": '{"alg": "HS256"}'.encode("utf-16"),
    "NUL": b"\x00",
    "NaN": b'{"alg": NaN}',
    "5,000 digits": b'{"alg": ' + b"9" * 5_000 + b"}",
    "10,000 deep": deep(10_000),
    "100,000 lists": b"[" * 100_000,
    "a real one, 10,000 deep": b'{"alg": "HS256", "kid": "0", "typ": "at+jwt", "x": '
    + deep(10_000)
    + b"}",
    "surrogate": rb'{"alg": "\ud800", "kid": "\ud800"}',
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_malformed_header_of_a_token_is_refused(token_client, manager, header):
    """Anyone can send these: the header is parsed before the signature is verified."""
    _, claims = parts_of(make_tokens(manager)[token_client.kind])
    token_client.assert_refused(sign(header, claims))


PAYLOADS = {
    "a list": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "a number": b"1",
    "nothing": b"",
    "no JSON": b"{",
    "broken UTF-8": b'{"sub": "\xff"}',
    "NaN": b'{"exp": NaN}',
    "10,000 deep": deep(10_000),
    "an empty object": b"{}",
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_malformed_payload_of_a_token_is_refused(token_client, manager, payload):
    header, _ = parts_of(make_tokens(manager)[token_client.kind])
    token_client.assert_refused(sign(header, payload))


@pytest.mark.parametrize("size", [100_000, 500_000])
def test_giant_token_is_refused_quickly(token_client, manager, size):
    header, claims = parts_of(make_tokens(manager)[token_client.kind])
    giant = sign(header, claims | {"sub": "x" * size})
    started = time.thread_time()
    response = token_client.send(giant)
    assert time.thread_time() - started < 1
    client_problem(response)
    assert response.status_code in {400, 401}


def test_token_in_another_encoding_is_not_a_server_error(acme_client, manager):
    header, payload, signature = make_tokens(manager)["access"].split(".")
    for odd in (
        f"{header}==.{payload}.{signature}",
        f"{header}.{payload}.{signature}====",
        f"{header}. {payload}.{signature}",
        f"{header}.\x7f{payload}.{signature}",
    ):
        response = acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {odd}")
        if response.status_code != 200:
            problem(response, 401)


@pytest.mark.parametrize("place", ["?access_token={0}", "?token={0}", "?jwt={0}&bearer={0}"])
def test_token_in_the_url_is_ignored(acme_client, manager, place):
    token = make_tokens(manager)["access"]
    problem(acme_client.get("/api/auth/me/" + place.format(token)), 401)


def test_token_in_a_cookie_is_ignored(acme_client, manager):
    token = make_tokens(manager)["access"]
    cookies = f"access={token}; token={token}; Authorization=Bearer {token}"
    problem(acme_client.get("/api/auth/me/", HTTP_COOKIE=cookies), 401)


def test_token_of_a_shop_is_invalid_on_the_platform(platform, manager):
    token = f"Bearer {make_tokens(manager)['access']}"
    for path in ("/api/auth/me/", "/api/users/", "/api/shop/", "/api/products/"):
        problem(platform.get(path, HTTP_AUTHORIZATION=token), 404)
