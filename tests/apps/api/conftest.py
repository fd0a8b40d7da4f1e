"""The endpoints that read a body, each with an authorized user."""

import json

import pytest

from apps.tenants.context import tenant_context
from tests.apps.products.factories import make_product
from tests.apps.users.factories import PASSWORD, make_user

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


#: The endpoint that stands for all: each reads bodies by the same parser.
ONE_WRITE = "create a product"


@pytest.fixture
def write(sending):
    """Return a function that sends bytes to one endpoint."""
    return sending(ONE_WRITE)


@pytest.fixture(params=list(WRITES))
def every_write(request, sending):
    """Return a function that sends bytes to the endpoint of the test's parameter."""
    return sending(request.param)


@pytest.fixture
def sending(platform, acme_client, acme, owner):
    return lambda name: _sending(name, platform, acme_client, acme, owner)


def _sending(name, platform, acme_client, acme, owner):
    host, method, path, good = WRITES[name]
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
