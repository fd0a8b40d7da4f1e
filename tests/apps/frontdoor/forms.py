"""Forms of the platform's pages, as a browser sends them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.test import Client

from tests.conftest import PLATFORM

OPENING = {
    "name": "Pear & Co",
    "code": "pear",
    "owner/first_name": "Kim",
    "owner/email": "kim@pear.example",
    "owner/password": "korrekte Batterie",
}


def send(path: str, fields: dict[str, str], *, host: str = PLATFORM, **headers: Any) -> Any:
    """Send a form from a page of the same origin."""
    client = headers.pop("client", None) or Client()
    return client.post(
        path,
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        HTTP_HOST=host,
        **{"HTTP_SEC_FETCH_SITE": "same-origin", **headers},
    )


def open_shop(**headers: Any) -> Any:
    """Open a shop by the form; keyword arguments in lower case change its fields."""
    changes = {name: headers.pop(name) for name in list(headers) if name.islower()}
    return send("/", OPENING | changes, **headers)


def get(host: str, path: str, *, client: Client | None = None, **headers: Any) -> Any:
    return (client or Client()).get(path, HTTP_HOST=host, **headers)
