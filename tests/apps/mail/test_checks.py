from __future__ import annotations

import environ
import pytest
from django.core.checks import run_checks

from apps.mail.checks import check_sender


@pytest.mark.parametrize(
    "sender",
    ["no-reply@localhost", "Galleria <no-reply@shops.example>", "no-reply@localhost.localdomain"],
)
def test_valid_sender_passes(settings, sender):
    settings.DEFAULT_FROM_EMAIL = sender
    assert check_sender() == []


@pytest.mark.parametrize("sender", ["", "sender", "Galleria <>", "a@b@c.example"])
def test_invalid_sender_is_found_at_start(settings, sender):
    settings.DEFAULT_FROM_EMAIL = sender
    assert [found.id for found in run_checks() if found.id.startswith("mail.")] == ["mail.E001"]


@pytest.mark.parametrize(
    ("url", "backend", "security"),
    [
        ("consolemail://", "console", (False, False)),
        ("smtp://mail.example:25", "smtp", (False, False)),
        ("smtp+tls://me:s%40e@mail.example:587", "smtp", (True, False)),
        ("smtp+ssl://me:s%40e@mail.example:465", "smtp", (False, True)),
    ],
)
def test_email_url_selects_backend_and_security(url, backend, security):
    config = environ.Env.email_url_config(url)
    assert config["EMAIL_BACKEND"] == f"django.core.mail.backends.{backend}.EmailBackend"
    assert (config.get("EMAIL_USE_TLS", False), config.get("EMAIL_USE_SSL", False)) == security
    assert config["EMAIL_HOST_PASSWORD"] == ("s@e" if "me:" in url else None)
