import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.conf import settings as project

from apps.api.throttles import ClientThrottle, ShopThrottle, quotas_of
from apps.tenants.context import tenant_context
from apps.throttling.client import Client
from tests.apps.users.factories import make_user


@pytest.fixture
def rates(settings):
    def change(**rates):
        default = project.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
        settings.REST_FRAMEWORK = {
            **project.REST_FRAMEWORK,
            "DEFAULT_THROTTLE_RATES": {**default, **rates},
        }

    return change


@pytest.fixture(autouse=True)
def clock():
    """Stands still, 45 seconds before the end of a window."""
    with time_machine.travel(1_800_000_015, tick=False) as clock:
        yield clock


def statuses(client, times, path="/api/shop/", **extra):
    return [client.get(path, **extra).status_code for _ in range(times)]


def test_responses_have_the_remaining_quota(acme_client, owner):
    first, second = acme_client.get("/api/shop/"), acme_client.get("/api/shop/")
    assert first["RateLimit-Policy"] == '"address";q=3000;w=60, "shop";q=12000;w=60'
    assert first["RateLimit"] == '"address";r=2999;t=45'
    assert second["RateLimit"] == '"address";r=2998;t=45'
    mine = acme_client.as_(owner).get("/api/shop/")
    assert mine["RateLimit-Policy"] == '"user";q=3000;w=60, "shop";q=12000;w=60'
    assert mine["RateLimit"] == '"user";r=2999;t=45'


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/shop/", 200),
        ("/api/auth/me/", 401),
        ("/api/products/nothing/", 404),
        ("/api/nothing/", 404),
        ("/api/docs/", 200),
        ("/api/schema/", 200),
    ],
)
def test_every_api_response_has_the_headers(acme_client, path, status):
    response = acme_client.get(path)
    assert response.status_code == status
    assert re.fullmatch(r'"address";r=2999;t=45', response["RateLimit"])
    assert response["RateLimit-Policy"].startswith('"address";q=3000;w=60')


def test_platform_counts_clients_only(platform):
    response = platform.get("/api/shops/availability/?code=acme")
    assert response["RateLimit-Policy"] == '"address";q=3000;w=60'


def test_probes_are_not_counted(acme_client):
    assert "RateLimit" not in acme_client.get("/livez")


def test_address_over_its_limit_is_throttled(acme_client, rates, clock):
    rates(address="3/min")
    assert statuses(acme_client, 3) == [200] * 3
    refused = acme_client.get("/api/shop/")
    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "throttled"
    assert refused["Retry-After"] == "45"
    assert refused["RateLimit"] == '"address";r=0;t=45'
    clock.shift(45)
    assert statuses(acme_client, 4) == [200] * 3 + [429]


def test_network_counts_as_one_address(acme_client, rates):
    rates(address="2/min")
    addresses = ["192.0.2.1", "192.0.2.77", "192.0.2.200", "192.0.3.1"]
    assert [
        acme_client.get("/api/shop/", REMOTE_ADDR=address).status_code for address in addresses
    ] == [200, 200, 429, 200]


def test_untrusted_forwarded_addresses_are_ignored(acme_client, rates):
    rates(address="2/min")
    assert [
        acme_client.get("/api/shop/", HTTP_X_FORWARDED_FOR=f"198.51.{n}.1").status_code
        for n in range(3)
    ] == [200, 200, 429]


def test_users_of_one_network_have_separate_limits(acme, acme_client, owner, rates):
    rates(user="2/min", address="1/min")
    with tenant_context(acme):
        colleague = make_user()
    assert statuses(acme_client.as_(owner), 3) == [200, 200, 429]
    assert statuses(acme_client.as_(colleague), 2) == [200, 200]
    assert statuses(acme_client, 2) == [200, 429]


def test_network_is_counted_over_all_shops_and_the_platform(
    acme_client, globex_client, platform, rates
):
    rates(address="3/min")
    assert statuses(acme_client, 2) == [200, 200]
    assert platform.get("/api/shops/availability/?code=acme").status_code == 200
    assert statuses(globex_client, 1) == [429]
    assert statuses(globex_client, 1, REMOTE_ADDR="198.51.100.1") == [200]


def test_user_of_another_shop_is_not_throttled(
    acme_client, globex_client, owner, globex_owner, rates
):
    rates(user="2/min", shop="5/min")
    assert statuses(acme_client.as_(owner), 3)[-1] == 429
    assert statuses(globex_client.as_(globex_owner), 2) == [200, 200]


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("acme.localhost", "/"),
        ("acme.localhost", "/nothing"),
        ("localhost", "/nothing"),
        ("never-opened.localhost", "/"),
        ("evil.example", "/index.php"),
    ],
)
def test_every_path_of_every_host_counts(acme, client, rates, host, path):
    rates(address="1/min")
    assert client.get(path, HTTP_HOST=host).status_code != 429
    assert client.get(path, HTTP_HOST=host).status_code == 429


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probe_is_not_throttled(acme_client, rates, path):
    rates(address="1/min")
    assert statuses(acme_client, 2) == [200, 429]
    assert statuses(acme_client, 2, path) == [200, 200]


def test_shop_over_its_limit_is_throttled(acme_client, globex_client, rates):
    rates(shop="4/min")
    assert [
        acme_client.get("/api/shop/", REMOTE_ADDR=f"198.51.{n}.1").status_code for n in range(5)
    ] == [200] * 4 + [429]
    refused = acme_client.get("/api/shop/", REMOTE_ADDR="198.51.9.1")
    assert refused["RateLimit"] == '"address";r=2999;t=45, "shop";r=0;t=45'
    assert globex_client.get("/api/shop/").status_code == 200


def test_one_client_cannot_exhaust_the_limit_of_a_shop(acme_client, rates):
    rates(address="2/min", shop="4/min")
    assert statuses(acme_client, 20, REMOTE_ADDR="192.0.2.1") == [200, 200] + [429] * 18
    assert statuses(acme_client, 2, REMOTE_ADDR="198.51.100.1") == [200, 200]


def test_refused_tokens_are_counted(acme_client, rates):
    rates(address="3/min")
    guesses = statuses(acme_client, 5, HTTP_AUTHORIZATION="Bearer nonsense")
    assert guesses == [401] * 3 + [429] * 2
    assert acme_client.get("/api/shop/").status_code == 429


def test_forbidden_requests_count_for_their_user(acme, acme_client, rates):
    rates(user="2/min")
    with tenant_context(acme):
        staff = make_user(role="staff")
    client = acme_client.as_(staff)
    answers = [client.patch("/api/shop/", {"name": "Mine"}).status_code for _ in range(3)]
    assert answers == [403, 403, 429]


def test_unknown_hosts_are_counted_and_indistinguishable(client, acme, rates):
    rates(address="2/min")
    hosts = ["nobody.localhost:8000", "nothing.localhost:8000", "evil.example"]
    assert [client.get("/api/shop/", HTTP_HOST=host).status_code for host in hosts] == [
        404,
        404,
        429,
    ]


def test_throttles_execute_no_query(rf, acme, django_assert_num_queries):
    request = rf.get("/api/shop/")
    request.tenant, request.client = acme, Client()
    with tenant_context(acme), django_assert_num_queries(0):
        assert ClientThrottle().allow_request(request, None)
        assert ShopThrottle().allow_request(request, None)
    assert [quota.name for quota in quotas_of(request)] == ["address", "shop"]


def test_threads_do_not_lose_counts(rf, rates, acme):
    def ask(number):
        request = rf.get("/api/shop/")
        request.tenant, request.client = acme, Client()
        with tenant_context(acme):
            return ClientThrottle().allow_request(request, None)

    rates(address="50/min")
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(200))) == 50


def test_requests_without_an_address_are_one_client(rf):
    assert Client.from_meta(rf.get("/", REMOTE_ADDR="").META).network == "unknown"
