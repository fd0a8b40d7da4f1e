"""A shop with a canonical URL, an SMTP server that stores mail, and an unreachable one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from apps.tenants.models import Tenant
from tests.apps.jobs.runs import run_all_jobs

HOST = "127.0.0.1"


class Mailbox:
    """The envelopes that an SMTP server received, and the parsed messages."""

    def __init__(self) -> None:
        self.envelopes = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.envelopes.append(envelope)
        return self.answer

    # Methods, not properties: aiosmtpd reads every attribute of its handler when it starts.
    def received(self) -> list[EmailMessage]:
        run_all_jobs()
        parser = BytesParser(policy=policy.default)
        return [parser.parsebytes(envelope.content) for envelope in self.envelopes]

    def only_message(self) -> EmailMessage:
        [message] = self.received()
        return message


@pytest.fixture
def smtp(settings) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname=HOST, port=free_port())
    controller.start()
    use_smtp(settings, controller.port)
    yield mailbox
    controller.stop()


@pytest.fixture
def no_smtp(settings) -> None:
    """An SMTP port without a server."""
    use_smtp(settings, free_port())


def use_smtp(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = HOST
    settings.EMAIL_PORT = port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def addressed(tenant: Tenant) -> Tenant:
    tenant.canonical_url = f"https://{tenant.code}.example.com/"
    return tenant


@pytest.fixture
def shop() -> Tenant:
    """A shop that can send mail and is not in the database."""
    return addressed(Tenant(code="acme", name="Acme"))


@pytest.fixture
def platform_shops() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(code="acme", name="Acme & Co", canonical_url="https://acme.example.com/"),
        SimpleNamespace(
            code="globex", name="<b>Globex</b>", canonical_url="https://globex.example.com/"
        ),
    ]
