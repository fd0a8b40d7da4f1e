"""The parsing of the keys that sign tokens."""

import secrets

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from auth_backends.keys import parse_signing_keys, require_256_bits, require_random
from tests.apps.api.assertions import problem
from tests.apps.users.factories import PASSWORD, make_tokens
from tests.auth_backends.forge import forge, parts_of
from tests.processes import manage

GOOD, OTHER = "g" * 32, "o" * 32
GOOD_KEY = secrets.token_urlsafe(48)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (GOOD, {"0": GOOD}),
        (f"a:{GOOD}", {"a": GOOD}),
        (f"a:{GOOD} b:{OTHER}", {"a": GOOD, "b": OTHER}),
        (f"  a:{GOOD}\n b:{OTHER} ", {"a": GOOD, "b": OTHER}),
        ("é" * 32, {"0": "é" * 32}),
    ],
)
def test_keys_are_read_in_order(text, keys):
    parsed = parse_signing_keys(text, not_to_be="s" * 50)
    assert [(kid, key.signing) for kid, key in parsed.items()] == list(keys.items())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x" * 31,
        f"a:{'x' * 31}",
        "a:",
        ":",
        f"a:{GOOD} b:short",
        f"a:{GOOD} a:{OTHER}",
        f"{GOOD} {OTHER}",
        f"0:{GOOD} {OTHER}",
        "s" * 50,
        f"a:{GOOD} b:{'s' * 50}",
    ],
)
def test_bad_keys_are_refused(text):
    with pytest.raises(ImproperlyConfigured) as caught:
        parse_signing_keys(text, not_to_be="s" * 50)
    assert [secret for secret in (GOOD, OTHER, "s" * 50) if secret in str(caught.value)] == []


@pytest.mark.parametrize("key", ["s" * 32, "é" * 32])
def test_key_of_256_bits_is_accepted(key):
    assert require_256_bits("SECRET_KEY", key) == key


@pytest.mark.parametrize("key", ["", "x", "s" * 31, "é" * 16])
def test_short_key_is_refused_by_its_kid(key):
    with pytest.raises(ImproperlyConfigured) as caught:
        require_256_bits("SECRET_KEY", key)
    assert str(caught.value) == "SECRET_KEY has less than 256 bits."


@pytest.mark.parametrize(
    "key",
    [
        "s" * 32,
        " " * 32,
        "changeme-" * 4,
        "k:" + "b" * 40,
        " abcdefghij0123456789abcdefghij0123456789",
    ],
)
def test_text_that_is_not_random_is_refused(key):
    with pytest.raises(ImproperlyConfigured):
        require_random("SECRET_KEY", key)


def test_random_text_is_accepted():
    for key in (secrets.token_hex(32), f"a:{secrets.token_urlsafe(32)}"):
        assert require_random("SECRET_KEY", key) == key


def test_public_site_does_not_start_with_a_key_that_is_not_random(tmp_path):
    keys = {"SECRET_KEY": "changeme-" * 4, "JWT_KEYS": secrets.token_urlsafe(48)}

    refused = manage("check", DATA_DIR=tmp_path, BASE_DOMAIN="shops.example", **keys)

    assert refused.returncode == 1
    assert refused.stderr == "Refusing to start: SECRET_KEY is not random text.\n"


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_KEYS"])
@pytest.mark.parametrize("domain", ["localhost", "shops.example"])
def test_no_site_starts_with_a_short_key(tmp_path, name, domain):
    keys = {"SECRET_KEY": GOOD_KEY, "JWT_KEYS": GOOD_KEY[::-1], name: "abcdefghijkl"}
    refused = manage("serve", DATA_DIR=tmp_path, BASE_DOMAIN=domain, **keys)

    named = {"SECRET_KEY": "SECRET_KEY", "JWT_KEYS": "The key 0 in JWT_KEYS"}[name]
    assert refused.returncode == 1
    assert refused.stderr == f"Refusing to start: {named} has less than 256 bits.\n"
    assert list(tmp_path.iterdir()) == []


def test_project_keys_are_long_and_not_the_secret_key():
    for key in django_settings.JWT_KEYS.values():
        assert len(key.signing.encode()) >= 32
        assert key.signing != django_settings.SECRET_KEY


@pytest.fixture
def rotated(settings, manager):
    """Tokens of the key that was active, and of one older; a new key signs now."""
    old = dict(settings.JWT_KEYS)
    before = make_tokens(manager)
    settings.JWT_KEYS = {
        **parse_signing_keys(f"new:{secrets.token_urlsafe(48)}", not_to_be=""),
        **old,
    }
    return before


def test_token_of_an_older_key_is_accepted(acme_client, manager, rotated):
    response = acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {rotated['access']}")
    assert response.status_code == 200
    assert acme_client.post("/api/auth/refresh/", rotated).status_code == 200


def test_new_tokens_are_signed_with_the_first_key(acme_client, settings, manager, rotated):
    credentials = {"email": manager.email, "password": PASSWORD}
    tokens = acme_client.post("/api/auth/login/", credentials).json()
    assert [parts_of(token)[0]["kid"] for token in tokens.values()] == ["new", "new"]
    assert acme_client.as_(manager).get("/api/auth/me/").status_code == 200
    refreshed = acme_client.post("/api/auth/refresh/", {"refresh": rotated["refresh"]}).json()
    assert parts_of(refreshed["access"])[0]["kid"] == "new"


def test_key_verifies_only_its_kid(acme_client, settings, manager, rotated):
    old_kid = parts_of(rotated["access"])[0]["kid"]
    keys = settings.JWT_KEYS
    for kid, key, status in (
        ("new", keys["new"].signing, 200),
        (old_kid, keys[old_kid].signing, 200),
        ("new", keys[old_kid].signing, 401),
        (old_kid, keys["new"].signing, 401),
    ):
        token = forge(manager, header={"kid": kid}, key=key)
        response = acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {token}")
        assert (kid, response.status_code) == (kid, status)


def test_token_of_a_retired_key_is_refused(acme_client, settings, manager, rotated):
    settings.JWT_KEYS = {"new": settings.JWT_KEYS["new"]}
    bearer = f"Bearer {rotated['access']}"
    problem(acme_client.get("/api/auth/me/", HTTP_AUTHORIZATION=bearer), 401)
    problem(acme_client.post("/api/auth/refresh/", {"refresh": rotated["refresh"]}), 401)
