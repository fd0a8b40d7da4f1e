"""Changing a password, and what has to change with it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from apps.api.devices import device_of
from apps.identity.models import MailedToken, Session
from apps.limits.models import ShopCounter
from apps.limits.rules import LOGIN_BY_EMAIL
from apps.mail.delivery import send_after_commit
from apps.users.models import User
from apps.users.serializers import check_password


def create_account(user: User, password: str) -> None:
    """Save a new `user` with this password; raise a ValidationError if the policy refuses it."""
    check_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)


def set_password(
    user: User, password: str, *, field: str = "password", request: Any = None
) -> None:
    """Give `user` a new password, and end all their sessions but that of `request`, if given.

    Links to reset it or to change the e-mail stop working, and the user is told by mail. Raises a
    ValidationError at `field` if the policy refuses it.
    """
    check_password(password, user, field)
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        sessions = Session.objects.filter(user=user)
        (sessions.exclude(pk=request.auth["sid"]) if request else sessions).end()
        links = MailedToken.objects.filter(user=user)
        # What confirms the address that the user has changes nothing, and stays.
        links.exclude(purpose=MailedToken.Purpose.EMAIL_CONFIRMATION, email=user.email).void()
        device = request and device_of(request)
        send_after_commit(user.email, "password_changed", {}, tenant=user.tenant, device=device)
    ShopCounter.objects.clear(LOGIN_BY_EMAIL, user.email)
