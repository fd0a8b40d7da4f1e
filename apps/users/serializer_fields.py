"""Serializer fields of accounts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from apps.api.fields import StrictCharField
from apps.tenants.validators import validate_name
from apps.users.normalization import (
    MAX_EMAIL,
    MAX_PASSWORD,
    normalize_email,
    normalize_password,
)


class NormalizedEmailField(StrictCharField, serializers.EmailField):
    """An e-mail address, converted to its normal form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_EMAIL, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return normalize_email(super().to_internal_value(data))
        except DjangoValidationError:
            raise serializers.ValidationError(self.error_messages["invalid"], "invalid") from None


class NameField(StrictCharField):
    """A first or a last name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, validators=[validate_name], **kwargs)


class PasswordField(StrictCharField):
    """A password in its normal form; space around it counts."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"write_only": True, "trim_whitespace": False, "max_length": MAX_PASSWORD}
        super().__init__(**kwargs, style={"input_type": "password"})

    def to_internal_value(self, data: Any) -> str:
        # NFKC makes at most one of four characters; sorting the marks of longer text takes long.
        if isinstance(data, str) and len(data) <= 4 * MAX_PASSWORD:
            data = normalize_password(data)
        return super().to_internal_value(data)


class CurrentPasswordField(PasswordField):
    """The current password of the user who sends the request; see `reauthentication`."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            help_text="The password of the user who asks. Needed to change one's own e-mail and, "
            "ten minutes after the log-in, for everything that makes or changes an owner.",
        )


class NewPasswordField(PasswordField):
    """A password that validate_new_password() has yet to accept."""

    documented = {"minLength": 8}
