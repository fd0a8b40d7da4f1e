from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def check_backend(**kwargs: Any) -> list[CheckMessage]:
    """Warn if emails, including links with secrets, are written to the log."""
    if settings.IS_PUBLIC and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return [
            checks.Warning(
                "Emails are printed instead of being sent.",
                hint="Set EMAIL_URL, such as smtp+tls://user:password@mail.example.com:587.",
                id="mail.W002",
            )
        ]
    return []


def check_sender(**kwargs: Any) -> list[CheckMessage]:
    """Check the sender's address; with an invalid one, every email would fail later."""
    try:
        validate_email(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    except ValidationError:
        return [
            Error(
                f"DEFAULT_FROM_EMAIL is {settings.DEFAULT_FROM_EMAIL!r}, not an email address.",
                hint="Set MAIL_FROM to an address, such as Galleria <mail@a.shop>.",
                id="mail.E001",
            )
        ]
    return []
