"""A user of each role, and a client for each."""

import pytest

from apps.tenants.context import tenant_context
from tests.apps.users.factories import make_user

ROLES = ["owner", "manager", "staff", "customer"]


@pytest.fixture
def people(acme, globex):
    """Acme's users by role, two of each; "stranger" belongs to globex."""
    with tenant_context(acme):
        people = {role: make_user(f"{role}@acme.example", role=role) for role in ROLES}
        for role in ROLES:
            people[f"other {role}"] = make_user(f"other-{role}@acme.example", role=role)
    with tenant_context(globex):
        people["stranger"] = make_user("stranger@globex.example", role="staff")
    return people


@pytest.fixture
def as_(acme_client, people):
    """Return acme's client of one of the users, or an anonymous one."""

    def client_of(name):
        return acme_client if name == "anonymous" else acme_client.as_(people[name])

    return client_of
