"""Reauthentication, for actions that a stolen token must not permit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from apps.throttling.lockout import knows_password
from apps.users.serializer_fields import CurrentPasswordField

#: The age of a log-in up to which no password is required.
RECENT = timedelta(minutes=10)


class CurrentPasswordSerializer(serializers.Serializer):
    current_password = CurrentPasswordField()


def require_recent_login(request: Any) -> None:
    """Raise PermissionDenied unless the user has just logged in or sends the current password."""
    if request.user.session_age >= RECENT:
        require_password(request)
        request.user.session_age = timedelta(0)  # not asked again for the same request


def require_password(request: Any) -> None:
    """Raise PermissionDenied unless the body has the user's current password; raise RateLimited."""
    serializer = CurrentPasswordSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    password = serializer.validated_data.get("current_password")
    if password is None:
        raise PermissionDenied(
            _("This requires the current password or, for owners, a recent log-in."),
            "password_required",
        )
    if not knows_password(request.user, password, request.auth["sid"]):
        raise PermissionDenied(_("The current password is incorrect."), "wrong_password")
