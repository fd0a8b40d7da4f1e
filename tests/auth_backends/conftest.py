"""Clients that send tokens to the endpoints that read them."""

import pytest

from apps.tenants.context import tenant_context
from tests.answers import steady_headers
from tests.apps.api.assertions import pointers, problem
from tests.apps.users.factories import make_user

#: Each takes an access token in a header, but for "refresh", which takes a refresh token.
ENDPOINTS = {
    "me": ("get", "/api/auth/me/", None, 200),
    "users": ("get", "/api/users/", None, 200),
    "a public list": ("get", "/api/products/", None, 200),
    "a write": ("post", "/api/products/", {"name": "Cup", "code": "cup"}, 201),
    "refresh": ("post", "/api/auth/refresh/", None, 200),
}


#: A body is checked before its token is looked at.
LONGEST_IN_A_BODY = 4_096


class TokenClient:
    """A client of one endpoint of acme; `kind` is the kind of token that the endpoint accepts."""

    def __init__(self, name, client):
        self.method, self.path, self.body, self.success = ENDPOINTS[name]
        self.kind = "refresh" if name == "refresh" else "access"
        self.other_kind = "access" if name == "refresh" else "refresh"
        self.client = client

    def send(self, token):
        if self.kind == "refresh":
            return self.client.post(self.path, {"refresh": token})
        call = getattr(self.client, self.method)
        return call(self.path, self.body, HTTP_AUTHORIZATION=f"Bearer {token}")

    def assert_accepted(self, token):
        response = self.send(token)
        assert response.status_code == self.success, response.content

    def assert_refused(self, token):
        """Assert a 401 that is the same for every reason."""
        response, other = self.send(token), self.send("a.b.c")
        if self.kind == "refresh" and len(token) > LONGEST_IN_A_BODY:
            assert pointers(response) == {"/refresh"}
            return
        problem(response, 401)
        assert (response.content, steady_headers(response)) == (
            other.content,
            steady_headers(other),
        )


@pytest.fixture
def manager(acme):
    with tenant_context(acme):
        return make_user("manager@acme.example", role="manager", first_name="Mo")


@pytest.fixture
def token_client(acme_client):
    """One endpoint as an example: all read tokens by the same class."""
    return TokenClient("me", acme_client)


@pytest.fixture(params=["me", "refresh"])
def client_of_each_kind(request, acme_client):
    return TokenClient(request.param, acme_client)


@pytest.fixture(params=list(ENDPOINTS))
def every_client(request, acme_client):
    return TokenClient(request.param, acme_client)
