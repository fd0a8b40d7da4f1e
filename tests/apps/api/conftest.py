"""The endpoints that read a body, each with somebody who may use it."""

import json

import pytest

from apps.tenants.context import tenant_context
from tests.factories import PASSWORD, make_product, make_user

#: (host, method, path, a good body). "{user}" and "{product}" stand for ids.
WRITES = {
    "open a shop": (
        "platform",
        "post",
        "/api/shops/",
        {
            "code": "pear",
            "name": "Pear",
            "owner": {"email": "a@pear.example", "password": PASSWORD, "first_name": "Kim"},
        },
    ),
    "rename the shop": ("shop", "patch", "/api/shop/", {"name": "Acme & Co"}),
    "log in": (
        "shop",
        "post",
        "/api/auth/login/",
        {"email": "owner@acme.example", "password": PASSWORD},
    ),
    "refresh": ("shop", "post", "/api/auth/refresh/", {"refresh": "x"}),
    "create a user": (
        "shop",
        "post",
        "/api/users/",
        {"email": "new@acme.example", "password": PASSWORD},
    ),
    "change a user": ("shop", "patch", "/api/users/{user}/", {"first_name": "Lou"}),
    "create a product": ("shop", "post", "/api/products/", {"name": "Cup", "code": "cup"}),
    "change a product": ("shop", "patch", "/api/products/{product}/", {"name": "Cup"}),
    "replace a product": (
        "shop",
        "put",
        "/api/products/{product}/",
        {"name": "Cup", "code": "cup"},
    ),
}


@pytest.fixture
def write(request, platform, acme_client, acme, owner):
    """Return how to send any bytes to the endpoint the test is parametrized with."""
    host, method, path, good = WRITES[request.param]
    with tenant_context(acme):
        user = make_user("kim@acme.example", role="staff")
        product = make_product("mug", added_by=owner)
    path = path.format(user=user.pk, product=product.pk)
    client = platform if host == "platform" else acme_client.as_(owner)

    def send(body, content_type="application/json", **headers):
        data = body if isinstance(body, bytes) else body.encode()
        return client.generic(method.upper(), path, data, content_type=content_type, **headers)

    send.good, send.method = good, method
    send.with_extra = lambda text: json.dumps(good)[:-1] + f', "extra": {text}}}'
    return send


def pytest_generate_tests(metafunc):
    if "write" in metafunc.fixturenames:
        metafunc.parametrize("write", list(WRITES), indirect=True)
