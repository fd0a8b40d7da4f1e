"""Web origins (RFC 6454) of the storefronts that may call a shop from a browser."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_ORIGIN = re.compile(rf"(https?)://({_NAME})(?::({_PORT}))?")
#: The pattern in the OpenAPI document.
PATTERN = rf"^(?:https://{_NAME}|http://(?:(?:{_NAME}\.)?localhost|127\.0\.0\.1))(?::(?:{_PORT}))?$"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_HOST = 253


def parse_origin(text: str) -> str:
    """Return the origin in lower case and without the default port, as browsers send it.

    Raise ValidationError unless it is `https://host[:port]`, or http on localhost, and not a site
    of this platform: the pages of one shop must not call another.
    """
    match = _ORIGIN.fullmatch(text.lower())
    if match is None or not text.isascii():
        raise ValidationError(
            _(
                "Write an origin as https://shop.example or https://shop.example:8443, "
                "without a path and with international names in their xn-- form."
            ),
            code="malformed",
        )
    scheme, host = match[1], match[2]
    port = int(match[3] or _DEFAULT_PORTS[scheme])
    if len(host) > _MAX_HOST:
        raise ValidationError(f"A host name has at most {_MAX_HOST} characters.", code="malformed")
    if scheme == "http" and not _is_local(host):
        raise ValidationError(_("Use https, except on localhost."), code="insecure")
    if settings.IS_PUBLIC and f".{host}".endswith(f".{settings.BASE_DOMAIN}"):
        raise ValidationError(
            _("Sites of this platform must not call each other."), code="platform"
        )
    return f"{scheme}://{host}" + (f":{port}" if port != _DEFAULT_PORTS[scheme] else "")


def is_storefront(sender: Any, request: HttpRequest, **kwargs: Any) -> bool:
    """Return True if the request is from a storefront of its shop."""
    tenant = getattr(request, "tenant", None)
    return tenant is not None and request.headers.get("Origin") in tenant.storefront_origins


def _is_local(host: str) -> bool:
    return host in {"localhost", "127.0.0.1"} or host.endswith(".localhost")
