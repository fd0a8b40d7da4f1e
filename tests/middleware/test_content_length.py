"""Requests with and without Content-Length."""

import pytest

from tests.apps.api.assertions import problem
from tests.apps.users.factories import PASSWORD


@pytest.mark.parametrize("name", ["HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH"])
@pytest.mark.parametrize("value", ["chunked", "CHUNKED", "gzip, chunked", "5", ""])
@pytest.mark.parametrize("path", ["/api/auth/login/", "/livez", "/nowhere"])
def test_body_without_content_length_is_400(acme_client, path, name, value):
    response = acme_client.post(path, {}, **{name: value})
    problem(response, 400)
    assert response.json()["code"] == "length_required"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_body_with_content_length_is_read(acme_client, owner):
    credentials = {"email": owner.email, "password": PASSWORD}
    assert acme_client.post("/api/auth/login/", credentials).status_code == 200
