"""An operation with values in its slots, sent by a client, and everything that it causes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.tenants.context import tenant_context
from apps.throttling.models import PlatformCounter, TenantCounter
from tests.answers import steady_headers
from tests.apps.users.factories import make_cookie, make_tokens
from tests.conftest import PLATFORM, ShopClient
from tests.isolation.canaries import all_outputs
from tests.isolation.samples import OMITTED
from tests.isolation.shops import Shop
from tests.isolation.spoofing import Spoof
from tests.isolation.values import Plain, kind_of, own_value
from tests.surface import Operation, Slot

API_HOST = f"api.{PLATFORM}"

#: Their mail goes only to the address that was sent, whose holder may read it.
MAIL_TO_THE_ADDRESSEE = {"/api/auth/find-shops/"}

#: What two answers to the same request differ in by nature.
_PASSING = [
    re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"),
    re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"),
    re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b"),
    re.compile(r"(?i)\b[a-z]{3,}-\d+"),  # what factories number
]


@dataclass(frozen=True)
class Attacker:
    """A user with a role, or an anonymous client (""), at the shop's host or the API's."""

    role: str
    by_api: bool = False

    def __str__(self) -> str:
        return (self.role or "anonymous") + ("-by-api" if self.by_api else "")

    def client(self, home: Shop, at: Shop | None) -> ShopClient:
        """Return a client with this one's token and cookie of `home`, at the host of a shop."""
        host = PLATFORM if at is None else API_HOST if self.by_api else at.host
        headers = {"HTTP_TENANT_CODE": at.tenant.code} if at and self.by_api else {}
        if self.role:
            headers["HTTP_AUTHORIZATION"] = f"Bearer {make_tokens(home.actor)['access']}"
        client = ShopClient(host, **headers)
        if self.role:
            client.cookies[settings.BROWSER_COOKIE] = make_cookie(home.actor)
        return client


#: A value that works for the client itself.
OWN = object()

ANONYMOUS = Attacker("")
OWNER = Attacker("owner")
OWNER_BY_API = Attacker("owner", by_api=True)
ATTACKERS = [
    *(ANONYMOUS, Attacker("customer"), Attacker("staff"), Attacker("manager"), OWNER),
    OWNER_BY_API,
]


@dataclass(frozen=True)
class Draft:
    """A request in the making."""

    operation: Operation
    values: dict[Slot, Any]
    spoof: Spoof

    @property
    def sent(self) -> list[str]:
        """Return the values that may be told apart, or that an answer may repeat."""
        found = [
            value
            for slot, value in self.values.items()
            if not isinstance(kind_of(self.operation, slot), Plain)
        ]
        return sorted({str(value) for value in found}, key=len, reverse=True)

    @property
    def path(self) -> str:
        return self.operation.path.format(**self._values("path"))

    @property
    def query(self) -> dict[str, Any]:
        return {**self.spoof.query, **self._values("query")}

    @property
    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._values("cookie").items())
        sent = {name: str(value) for name, value in self._values("header").items()}
        return {**self.spoof.headers, **sent, **({"Cookie": cookies} if cookies else {})}

    @property
    def body(self) -> dict[str, Any] | list[Any] | None:
        if not self.operation.writes:
            return None
        body: Any = dict(self.spoof.body)
        for slot, value in self.values.items():
            if slot.where == "body":
                is_file = slot.schema.get("format") == "binary"
                body = _put(body, slot.name.split("/"), _file(value) if is_file else value)
        return body

    def _values(self, where: str) -> dict[str, Any]:
        return {slot.name: value for slot, value in self.values.items() if slot.where == where}


def draft(operation: Operation, home: Shop, chosen: dict[Slot, Any], spoof: Spoof) -> Draft:
    """Return a request with `chosen` values, and with own ones wherever it needs more."""
    values = {}
    for slot in operation.slots:
        # A change of many rows needs its whole body, as a new row does.
        is_of_many = operation.method == "patch" and not operation.path.endswith("}/")
        is_usual = slot.where == "body" and (operation.method == "post" or is_of_many)
        if slot in chosen:
            is_own = chosen[slot] is OWN
            values[slot] = own_value(operation, slot, home) if is_own else chosen[slot]
        elif slot.is_required or is_usual:
            values[slot] = own_value(operation, slot, home)
    sent = {slot: value for slot, value in values.items() if value is not OMITTED.value}
    return Draft(operation, sent, spoof)


#: They follow from the body, which holds ids and times and is compared without them.
_OF_THE_BODY = {"ETag", "Content-Length"}


@dataclass(frozen=True)
class Answer:
    """What came back, as far as it should be the same for any value; and all that was written."""

    status: int
    headers: dict[str, str]
    body: str
    evidence: dict[str, str]


def ask(request: Draft, client: ShopClient, home: Shop) -> Answer:
    """Send a request as if it were the first, and return everything that it causes."""
    PlatformCounter.objects.all().delete()
    with tenant_context(home.tenant):
        TenantCounter.objects.all().delete()
    with all_outputs() as written:
        response = send(request, client)
        evidence = {
            "body": response.getvalue().decode(errors="replace"),
            "header": str(dict(response.headers)),
            **written(),
        }
    if request.operation.path in MAIL_TO_THE_ADDRESSEE:
        del evidence["mail"]
    evidence = {name: without(said, request.sent) for name, said in evidence.items()}
    personal = [*request.sent, str(home.actor.email)]
    return Answer(
        response.status_code,
        {
            name: _steady(value, personal)
            for name, value in steady_headers(response).items()
            if name not in _OF_THE_BODY
        },
        _steady(response.getvalue().decode(errors="replace"), personal),
        evidence,
    )


def send(request: Draft, client: ShopClient) -> Any:
    client.raise_request_exception = False
    method = request.operation.method
    path = request.path + (f"?{urlencode(request.query)}" if request.query else "")
    headers = dict(request.headers)
    if "Cookie" in headers:  # in which the client's are not lost
        own = (f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        headers["Cookie"] = "; ".join([headers["Cookie"], *own])
    if request.body is None:
        return client.generic(method.upper(), path, content_type="", headers=headers)
    return getattr(client, method)(
        path,
        request.body,
        format="json" if request.operation.takes_json else "multipart",
        headers=request.headers,
    )


def _put(body: Any, pointer: list[str], value: Any) -> Any:
    """Return `body` with a value at a JSON pointer; each list has one entry."""
    if not pointer:
        return value
    head, *rest = pointer
    if head.isdigit():
        return [_put(body[0] if isinstance(body, list) else {}, rest, value)]
    return {**body, head: _put(body.get(head, {}), rest, value)}


def _file(content: str | bytes) -> SimpleUploadedFile:
    if isinstance(content, bytes):
        return SimpleUploadedFile("file", content)
    return SimpleUploadedFile(f"{content}.txt", content.encode())


def without(text: str, expected: Iterable[str]) -> str:
    """Return a text without what it may say."""
    for value in expected:
        text = text.replace(value, "<sent>")
    return text


def _steady(text: str, personal: list[str]) -> str:
    text = without(text, personal)
    for pattern in _PASSING:
        text = pattern.sub("<new>", text)
    return text
