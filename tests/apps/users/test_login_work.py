"""All failed log-ins do the same work, so that timing reveals no user (SECURITY row 28).

Durations are measured by `python -m bench.login_timing`; here the hashes are counted.
"""

from __future__ import annotations

import argon2.low_level
import pytest
from argon2 import _password_hasher as argon2_hasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.tenants.context import tenant_context
from apps.users.models import LoginSession
from tests.apps.api.assertions import problem
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import age, everything_of, log_in, person

CASES = {
    "wrong password": "ann@acme.example",
    "unknown": "nobody@acme.example",
    "inactive": "inactive@acme.example",
    "other shop only": "elsewhere@acme.example",
    "unusable password": "keyless@acme.example",
}


@pytest.fixture(autouse=True)
def _hasher(settings):
    settings.PASSWORD_HASHERS = ["auth_backends.hashers.Argon2idHasher"]


@pytest.fixture
def credentials_by_reason(acme, globex, acme_client):
    person(acme, CASES["wrong password"])
    person(acme, CASES["inactive"], is_active=False)
    person(globex, CASES["other shop only"])
    keyless = person(acme, CASES["unusable password"])
    with tenant_context(acme):
        keyless.set_unusable_password()
        keyless.save()
    log_in(acme_client, "first@acme.example")  # whatever is done once is done by now


@pytest.fixture
def hashed(monkeypatch):
    """Every Argon2 computation, as (type, version, memory, time, parallelism, bytes of hash)."""
    seen = []
    hash_secret, verify_secret = argon2.low_level.hash_secret, argon2.low_level.verify_secret

    def note(encoded):
        p = argon2.extract_parameters(encoded.decode("ascii"))
        seen.append((p.type, p.version, p.memory_cost, p.time_cost, p.parallelism, p.hash_len))

    def hashing(*args, **kwargs):
        encoded = hash_secret(*args, **kwargs)
        note(encoded)
        return encoded

    def verifying(encoded, *args, **kwargs):
        note(encoded)
        return verify_secret(encoded, *args, **kwargs)

    for module in (argon2.low_level, argon2_hasher):
        monkeypatch.setattr(module, "hash_secret", hashing)
        monkeypatch.setattr(module, "verify_secret", verifying)
    return seen


def password_for(case):
    return "wrong battery" if case == "wrong password" else PASSWORD


@pytest.mark.parametrize("case", CASES)
def test_failed_login_costs_one_hash(acme_client, credentials_by_reason, hashed, case):
    problem(log_in(acme_client, CASES[case], password_for(case)), 401, "invalid_credentials")
    assert hashed == [(argon2.Type.ID, 19, 19_456, 2, 1, 32)]


def test_successful_login_costs_one_hash(acme_client, credentials_by_reason, hashed):
    assert log_in(acme_client, CASES["wrong password"]).status_code == 200
    assert hashed == [(argon2.Type.ID, 19, 19_456, 2, 1, 32)]


def test_failed_logins_get_the_same_response(acme_client, credentials_by_reason):
    answers = [log_in(acme_client, CASES[case], password_for(case)) for case in CASES]
    assert {answer.status_code for answer in answers} == {401}
    assert len({str(everything_of(answer)) for answer in answers}) == 1


def test_failed_logins_execute_the_same_statements(acme_client, credentials_by_reason):
    shapes = {}
    for case, email in CASES.items():
        with CaptureQueriesContext(connection) as captured:
            log_in(acme_client, email, password_for(case))
        shapes[case] = [" ".join(query["sql"].split()[:4]) for query in captured]
    assert len({str(shape) for shape in shapes.values()}) == 1, shapes


@pytest.mark.parametrize("email", ["ann@acme.example", "nobody@acme.example"])
def test_password_reset_request_hashes_nothing(acme_client, credentials_by_reason, hashed, email):
    assert acme_client.post("/api/auth/password/reset/", {"email": email}).status_code == 202
    assert hashed == []


@pytest.mark.parametrize("email", ["ann@acme.example", "nobody@acme.example"])
def test_registration_hashes_nothing(acme_client, credentials_by_reason, hashed, email):
    body = {"email": email, "first_name": "Bo"}
    assert acme_client.post("/api/auth/register/", body).status_code == 202
    assert hashed == []


def test_current_password_is_hashed_once_for_a_request(acme, acme_client, owner, hashed):
    client = acme_client.as_(owner)
    age(acme, LoginSession, minutes=11)
    hashed.clear()

    response = client.patch(
        f"/api/users/{owner.pk}/", {"first_name": "Lou", "current_password": PASSWORD}
    )

    assert (response.status_code, len(hashed)) == (200, 1)
