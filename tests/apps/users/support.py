"""Helpers for log-ins, mails and concurrent requests."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.http import HttpResponse
from django.test import Client as TestClient
from rest_framework.response import Response

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.throttling.client import Client
from apps.users.models import EmailToken, LoginSession, User
from auth_backends.tokens import AccessToken, RefreshToken
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.users.factories import PASSWORD, make_cookie, make_user
from tests.conftest import PLATFORM, ShopClient

NEW_PASSWORD = "staple lamp seventeen"


FORM = "application/x-www-form-urlencoded"


class Browser(TestClient):
    """A browser at the host of one shop, whose forms come from a page of that host."""

    def __init__(self, tenant: Tenant, user: User | None = None, **defaults: Any) -> None:
        self.tenant = tenant
        self.host = f"{tenant.code}.{PLATFORM}"
        super().__init__(HTTP_HOST=self.host, HTTP_SEC_FETCH_SITE="same-origin", **defaults)
        if user is not None:
            self.cookie = make_cookie(user)

    @property
    def cookie(self) -> str:
        return self.cookies[settings.BROWSER_COOKIE].value

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.cookies[settings.BROWSER_COOKIE] = value

    def submit(self, path: str, form: Any = (), **extra: Any) -> HttpResponse:
        """Send a form, given as names and values, whose lists become several fields."""
        return self.post(path, urlencode(form, doseq=True), content_type=FORM, **extra)


def log_in(client: ShopClient, email: str, password: str = PASSWORD, **extra: Any) -> Response:
    """Log in; `refresh` goes into the body, anything else is WSGI environment."""
    body = {"email": email, "password": password}
    if "refresh" in extra:
        body["refresh"] = extra.pop("refresh")
    return client.post("/api/auth/login/", body, **extra)


def tokens(client: ShopClient, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    response = log_in(client, email, password, **extra)
    assert response.status_code == 200, response.content
    return response.json()


def refresh(client: ShopClient, token: str, **extra: Any) -> Response:
    return client.post("/api/auth/refresh/", {"refresh": token}, **extra)


def bearing(client: ShopClient, access: str, **extra: Any) -> ShopClient:
    """Return a client of the same host with this access token."""
    return ShopClient(client.host, client.tenant, HTTP_AUTHORIZATION=f"Bearer {access}", **extra)


def me(client: ShopClient, access: str) -> int:
    """Return the status that an access token gets."""
    return bearing(client, access).get("/api/auth/me/").status_code


def shop_client(tenant: Tenant) -> ShopClient:
    return ShopClient(f"{tenant.code}.{PLATFORM}", tenant)


def person(tenant: Tenant, email: str, role: str = "customer", **fields: Any) -> User:
    with tenant_context(tenant):
        return make_user(email, role, **fields)


def session_of(user: User, address: str = "", agent: str = "") -> dict[str, str]:
    """Return the tokens of a new session, without a log-in and its hash."""
    with tenant_context(user.tenant):
        session, secret = LoginSession.objects.open(user, Client(address, agent))
        return {
            "id": str(session.pk),
            "access": str(AccessToken.for_session(session)),
            "refresh": str(RefreshToken.for_session(session, secret)),
        }


def age(tenant: Tenant, model: type[LoginSession] | type[EmailToken], **by: float) -> None:
    """Make all sessions or mailed tokens of a shop older, as they are `timedelta(**by)` later."""
    times = {"created_at", "rotated_at", "idle_expires_at", "expires_at", "ended_at", "used_at"}
    names = {field.name for field in model._meta.fields} & times
    with tenant_context(tenant):
        model.objects.update(**{name: F(name) - timedelta(**by) for name in names})


def issued(tenant: Tenant, purpose: str, email: str, **fields: Any) -> str:
    """Return the secret of a mailed token, without its mail."""
    with tenant_context(tenant):
        return EmailToken.objects.issue(purpose, email, **fields)[1]


def everything_of(response: Response) -> tuple[int, dict[str, str], bytes]:
    """Return all of a response that could distinguish one case from another."""
    headers = {k: v for k, v in response.headers.items() if k not in {"RateLimit", "X-Request-ID"}}
    return response.status_code, headers, response.content


def mails_to(address: str) -> list[EmailMultiAlternatives]:
    run_all_jobs()
    return [message for message in mail.outbox if message.to == [address]]


def mail_about(address: str, word: str) -> EmailMultiAlternatives:
    """Return the one mail to an address with this in its subject."""
    [found] = [message for message in mails_to(address) if word in message.subject]
    return found


def text_of(message: EmailMultiAlternatives) -> str:
    """Return the decoded text of a mail."""
    html = [content for content, _ in message.alternatives]
    return "\n".join([message.subject, str(message.body), *html, str(message.extra_headers)])


def links_in(message: EmailMultiAlternatives) -> list[str]:
    return re.findall(r"https?://\S+", str(message.body))


def secret_in(message: EmailMultiAlternatives) -> str:
    """Return the secret of the one link with one."""
    [secret] = {link.partition("?token=")[2] for link in links_in(message) if "?token=" in link}
    return secret
