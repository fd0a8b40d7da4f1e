"""Limits on requests that cause mail (SECURITY row 48)."""

from __future__ import annotations

import pytest

from tests.apps.api.assertions import problem
from tests.apps.tenants.factories import make_tenant
from tests.apps.throttling.ageing import age_counters
from tests.apps.users.support import NEW_PASSWORD, shop_client

RESET, REGISTER = "/api/auth/password/reset/", "/api/auth/register/"
FIND = "/api/auth/find-shops/"


def ask(client, path, number, **environ):
    body = {"email": f"person-{number}@example.com"}
    if path == REGISTER:
        body |= {"password": NEW_PASSWORD, "first_name": "Ann"}
    return client.post(path, body, **environ)


@pytest.mark.parametrize("path", [RESET, REGISTER])
def test_network_causes_at_most_ten_mails_an_hour_from_a_shop(
    acme_client, globex_client, quick_hashes, path
):
    answers = [ask(acme_client, path, number) for number in range(11)]
    assert [answer.status_code for answer in answers] == [202] * 10 + [429]
    problem(answers[-1], 429, "too_many_tries")
    assert 3540 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert ask(acme_client, path, 12, REMOTE_ADDR="198.51.100.1").status_code == 202
    assert ask(globex_client, path, 13).status_code == 202
    age_counters(hours=1)
    assert ask(acme_client, path, 14).status_code == 202


def test_registrations_do_not_use_up_resets_of_a_network(acme_client, quick_hashes):
    answers = [ask(acme_client, REGISTER, number) for number in range(11)]

    assert answers[-1].status_code == 429
    assert ask(acme_client, RESET, 99).status_code == 202


@pytest.mark.django_db
def test_network_causes_at_most_fifty_mails_an_hour_from_all_shops(platform):
    for _ in range(5):
        client = shop_client(make_tenant())
        assert {ask(client, RESET, number).status_code for number in range(10)} == {202}
    client = shop_client(make_tenant())
    answer = ask(client, RESET, 99)
    problem(answer, 429, "too_many_tries")
    assert 3540 < int(answer.headers["Retry-After"]) <= 3600
    assert ask(platform, FIND, 99).status_code == 202
    assert ask(client, RESET, 99, REMOTE_ADDR="198.51.100.1").status_code == 202
    age_counters(hours=1)
    assert ask(client, RESET, 99).status_code == 202
