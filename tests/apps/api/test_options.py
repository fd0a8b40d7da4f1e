"""OPTIONS requests to all paths."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from tests.apps.api.assertions import problem
from tests.surface import routes_of

PATHS = {
    "localhost:8000": [path for path, _ in routes_of(settings.PLATFORM_URLCONF)],
    "acme.localhost:8000": [path for path, _ in routes_of(settings.SHOP_URLCONF)],
}


@pytest.mark.parametrize("host", PATHS)
def test_every_path_responds_to_options(host, acme_client, owner):
    client = acme_client.as_(owner)
    assert "/api/schema/" in PATHS[host]
    for path in PATHS[host]:
        url = re.sub(r"\{\w+\}", str(uuid4()), path)
        assert client.options(url, HTTP_HOST=host).status_code in {200, 302, 404, 405}, url


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/"])
def test_plain_view_refuses_a_form_by_its_method(acme, path):
    """A request of a browser, to which CSRF protection applies."""
    client = APIClient(enforce_csrf_checks=True, HTTP_HOST="acme.localhost:8000")
    problem(client.post(path), 405)
