"""Sessions of browsers (RFC 9700, RFC 6265): a secret in a cookie of one host.

Sibling shops are the same site, so `SameSite` does not protect one from the pages of another: each
request that writes must come from a page of the same origin.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.tenants.context import get_active_tenant
from apps.users.models import LoginSession, User

# So that an upload is refused before it is read, without a query.
_signer = Signer(salt=__name__)


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
        cookie_value(session_id, secret),
        max_age=settings.SESSION_LIFETIMES["customer"][1],
        secure=settings.IS_PUBLIC,
        httponly=True,
        samesite="Lax",
    )


def cookie_value(session_id: UUID, secret: str) -> str:
    return _signer.sign(f"{session_id.hex}.{secret}")


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
    try:
        value = _signer.unsign(request.COOKIES.get(settings.BROWSER_COOKIE, ""))
    except BadSignature:
        return None
    session_id, _, secret = value.partition(".")
    return LoginSession.objects.of_browser(UUID(hex=session_id), secret, request.client)


def has_signed_cookie(request: HttpRequest) -> bool:
    """Return True if this site has set the request's cookie; its session may have ended."""
    try:
        return bool(_signer.unsign(request.COOKIES.get(settings.BROWSER_COOKIE, "")))
    except BadSignature:
        return False


def is_same_origin(request: HttpRequest) -> bool:
    """Return True if a page of this very origin sent the request.

    Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; a request with neither is refused.
    """
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    # The tenant middleware has set the scheme and the host of the site itself.
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
