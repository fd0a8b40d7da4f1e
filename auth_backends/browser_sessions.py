"""Sessions of browsers (RFC 9700, RFC 6265): a secret in a cookie of one host.

Sibling shops are the same site, so `SameSite` does not protect one from the pages of another: each
request that writes must come from a page of the same origin.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.tenants.context import get_active_tenant
from apps.users.models import LoginSession, User

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def start_session(request: Any, response: HttpResponseBase, user: User) -> LoginSession:
    """Open a session of `user`, whose secret `response` sets as a cookie.

    It replaces the session of the request's cookie.
    """
    if replaced := session_of(request):
        LoginSession.objects.filter(pk=replaced.pk).end()
    kind = LoginSession.Kind.BROWSER
    session, secret = LoginSession.objects.open(user, request.client, kind=kind)
    set_cookie(response, session.pk, secret)
    return session


def set_cookie(response: HttpResponseBase, session_id: UUID, secret: str) -> None:
    response.set_cookie(
        settings.BROWSER_COOKIE,
        f"{session_id.hex}.{secret}",
        max_age=settings.SESSION_LIFETIMES["customer"][1],
        secure=settings.IS_PUBLIC,
        httponly=True,
        samesite="Lax",
    )


def clear_cookie(response: HttpResponseBase) -> None:
    response.delete_cookie(settings.BROWSER_COOKIE, samesite="Lax")
    response.cookies[settings.BROWSER_COOKIE]["secure"] = settings.IS_PUBLIC
    response.cookies[settings.BROWSER_COOKIE]["httponly"] = True


def session_of(request: Any) -> LoginSession | None:
    """Return the live session of the request's cookie in the active tenant, with its user.

    Return None where no tenant is active.
    """
    if get_active_tenant() is None:
        return None
    id_text, _, secret = request.COOKIES.get(settings.BROWSER_COOKIE, "").partition(".")
    try:
        session_id = UUID(hex=id_text)
    except ValueError:
        return None
    return LoginSession.objects.of_browser(session_id, secret, request.client) if secret else None


def is_same_origin(request: HttpRequest) -> bool:
    """Return True if a page of this very origin sent the request.

    Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; a request with neither is refused.
    """
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    # The tenant middleware has set the scheme and the host of the site itself.
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
