from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def check_backend(**kwargs: Any) -> list[CheckMessage]:
    """W002: what should reach a person would stand in the log, links with secrets too."""
    if settings.IS_PUBLIC and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return [
            checks.Warning(
                "Mails are printed, and sent to nobody.",
                hint="Set EMAIL_URL, such as smtp+tls://user:password@mail.example.com:587.",
                id="mail.W002",
            )
        ]
    return []


def check_sender(**kwargs: Any) -> list[CheckMessage]:
    """E001: every mail would fail, in the background where nobody sees it."""
    try:
        validate_email(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    except ValidationError:
        return [
            Error(
                f"DEFAULT_FROM_EMAIL is {settings.DEFAULT_FROM_EMAIL!r}, which is no address.",
                hint="Set MAIL_FROM to an address, or to a name with one: Galleria <mail@a.shop>.",
                id="mail.E001",
            )
        ]
    return []
