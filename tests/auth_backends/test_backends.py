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
def test_finds_the_user_of_the_active_tenant(backend, acme, ours, theirs, request_, name):
    with tenant_context(acme):
        found = backend.authenticate(request_, password=PASSWORD, **{name: EMAIL})
    assert found == ours


def test_finds_the_user_through_django(acme, globex, ours, theirs):
    for tenant, person in ((acme, ours), (globex, theirs)):
        with tenant_context(tenant):
            assert authenticate(None, email=EMAIL, password=PASSWORD) == person
            assert authenticate(email=EMAIL.upper(), password=PASSWORD) == person
            assert authenticate(email=EMAIL, password="wrong battery") is None


def test_tenant_argument_selects_the_tenant(backend, acme, globex, ours, theirs):
    for tenant, person in ((acme, ours), (globex, theirs)):
        found = backend.authenticate(None, email=EMAIL, password=PASSWORD, tenant=tenant)
        assert (found, found.tenant_id, get_active_tenant()) == (person, tenant.pk, None)


def test_tenant_argument_overrides_the_active_tenant(backend, acme, globex, ours, theirs):
    with tenant_context(acme):
        found = backend.authenticate(None, email=EMAIL, password=PASSWORD, tenant=globex)
        assert (found.pk, get_active_tenant()) == (theirs.pk, acme)


def test_user_of_another_shop_is_not_authenticated(backend, acme, globex, theirs):
    with tenant_context(globex):
        assert backend.authenticate(None, email=EMAIL, password=PASSWORD) == theirs
    with tenant_context(acme):
        assert backend.authenticate(None, email=EMAIL, password=PASSWORD) is None
        assert backend.get_user(theirs.pk) is None


def test_no_user_is_authenticated_without_a_tenant(backend, ours):
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
def test_incomplete_credentials_are_not_authenticated(backend, acme, ours, credentials):
    with tenant_context(acme):
        assert backend.authenticate(None, **credentials) is None


def test_inactive_user_is_not_authenticated(backend, acme, ours):
    with tenant_context(acme):
        assert backend.get_user(ours.pk) == ours
        ours.change(is_active=False)
        assert backend.authenticate(None, email=EMAIL, password=PASSWORD) is None
        assert backend.get_user(ours.pk) is None


def test_users_are_not_superusers(acme, ours):
    with tenant_context(acme):
        owner = make_user(role="owner")
    for person in (ours, owner):
        assert getattr(person, "is_superuser", False) is False
