"""GET /api/shops/availability/?code="""

import pytest

from apps.tenants.models import Tenant
from tests.apps.api.assertions import client_problem, problem
from tests.apps.shops.requests import opening
from tests.apps.tenants.factories import make_tenant


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("pear", None),
        ("a" * 63, None),
        ("acme-store", "taken"),
        ("acme-st0re", "taken"),
        ("was-open", "taken"),
        ("was-closed", "taken"),
        ("admin", "reserved"),
        ("www", "reserved"),
        ("api", "reserved"),
        ("ab", "malformed"),
        ("a" * 64, "malformed"),
        ("-abc", "malformed"),
        ("a.bc", "malformed"),
        ("xn--80ak6aa92e", "malformed"),
        ("ab--cd", "malformed"),
        ("ümlaut", "malformed"),
        ("\u212ailn", "malformed"),
        ("1ogin", "reserved"),
        ("ns5", "reserved"),
        ("' or 1=1 --", "malformed"),
        ("", "malformed"),
        ("x" * 3000, "malformed"),
    ],
)
def test_unavailable_code_has_its_reason(platform, code, reason):
    make_tenant("acme-store")
    make_tenant("was-open", status="suspended")
    make_tenant("was-closed", status="closed")
    response = platform.get("/api/shops/availability/", {"code": code})
    assert response.status_code == 200
    assert response.json() == {"code": code, "available": reason is None, "reason": reason}


@pytest.mark.parametrize("code", ["pear", "acme-store", "admin", "ab", "PEAR", "ACME-STORE"])
def test_availability_agrees_with_opening(platform, code):
    make_tenant("acme-store")
    available = platform.get("/api/shops/availability/", {"code": code}).json()["available"]
    opened = platform.post("/api/shops/", opening(code))
    assert available == (opened.status_code == 201)


def test_availability_check_reserves_nothing(platform):
    platform.get("/api/shops/availability/", {"code": "pear"})
    assert Tenant.objects.count() == 0
    assert platform.get("/api/shops/availability/", {"code": "pear"}).json()["available"] is True


def test_nul_in_the_code_is_no_server_error(platform):
    response = platform.get("/api/shops/availability/?code=ac%00me")
    if response.status_code == 200:
        assert response.json()["reason"] == "malformed"
    else:
        client_problem(response)


def test_availability_is_asked_on_the_platform_host_only(acme_client):
    problem(acme_client.get("/api/shops/availability/", {"code": "pear"}), 404)
