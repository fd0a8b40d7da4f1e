"""TenantModelBackend: e-mail and password, in one shop only."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.exceptions import NoActiveTenant
from auth_backends.backends import TenantModelBackend
from tests.apps.users.factories import PASSWORD, make_user

EMAIL = "kim@both.example"


@pytest.fixture
def ours(acme):
    with tenant_context(acme):
        return make_user(EMAIL, role="staff")


@pytest.fixture
def theirs(globex):
    with tenant_context(globex):
        return make_user(EMAIL, role="staff")


@pytest.fixture
def backend():
    return TenantModelBackend()


@pytest.mark.parametrize("request_", [None, RequestFactory().get("/")])
@pytest.mark.parametrize("name", ["email", "username"])
def test_finds_the_person_of_the_active_tenant(backend, acme, ours, theirs, request_, name):
    with tenant_context(acme):
        found = backend.authenticate(request_, password=PASSWORD, **{name: EMAIL})
    assert found == ours


def test_finds_the_person_through_django(acme, globex, ours, theirs):
    for tenant, person in ((acme, ours), (globex, theirs)):
        with tenant_context(tenant):
            assert authenticate(None, email=EMAIL, password=PASSWORD) == person
            assert authenticate(email=EMAIL.upper(), password=PASSWORD) == person
            assert authenticate(email=EMAIL, password="wrong battery") is None


def test_tenant_argument_says_which_shop(backend, acme, globex, ours, theirs):
    for tenant, person in ((acme, ours), (globex, theirs)):
        found = backend.authenticate(None, email=EMAIL, password=PASSWORD, tenant=tenant)
        assert (found, found.tenant_id, get_active_tenant()) == (person, tenant.pk, None)


def test_tenant_argument_wins_over_the_active_tenant(backend, acme, globex, ours, theirs):
    with tenant_context(acme):
        found = backend.authenticate(None, email=EMAIL, password=PASSWORD, tenant=globex)
        assert (found.pk, get_active_tenant()) == (theirs.pk, acme)


def test_person_of_another_shop_is_nobody(backend, acme, globex, theirs):
    with tenant_context(globex):
        assert backend.authenticate(None, email=EMAIL, password=PASSWORD) == theirs
    with tenant_context(acme):
        assert backend.authenticate(None, email=EMAIL, password=PASSWORD) is None
        assert backend.get_user(theirs.pk) is None


def test_without_any_tenant_nobody_is_found(backend, ours):
    try:
        found = backend.authenticate(None, email=EMAIL, password=PASSWORD)
    except NoActiveTenant:
        found = None
    assert found is None


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"email": EMAIL},
        {"password": PASSWORD},
        {"email": None, "password": PASSWORD},
        {"email": EMAIL, "password": None},
        {"email": "", "password": ""},
        {"email": EMAIL, "password": ""},
    ],
)
def test_half_credentials_are_nobody(backend, acme, ours, credentials):
    with tenant_context(acme):
        assert backend.authenticate(None, **credentials) is None


def test_inactive_person_is_nobody(backend, acme, ours):
    with tenant_context(acme):
        assert backend.get_user(ours.pk) == ours
        ours.change(is_active=False)
        assert backend.authenticate(None, email=EMAIL, password=PASSWORD) is None
        assert backend.get_user(ours.pk) is None


def test_nobody_has_permissions_that_no_shop_gave(acme, ours):
    with tenant_context(acme):
        owner = make_user(role="owner")
    for person in (ours, owner):
        assert getattr(person, "is_superuser", False) is False
