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
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_EMAIL, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return normalize_email(super().to_internal_value(data))
        except DjangoValidationError:
            raise serializers.ValidationError(self.error_messages["invalid"], "invalid") from None


class NameField(StrictCharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, validators=[validate_name], **kwargs)


class PasswordField(StrictCharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"write_only": True, "trim_whitespace": False, "max_length": MAX_PASSWORD}
        super().__init__(**kwargs, style={"input_type": "password"})

    def to_internal_value(self, data: Any) -> str:
        # NFKC shortens text to a quarter at most, and is slow for a long text of combining marks.
        if isinstance(data, str) and len(data) <= 4 * MAX_PASSWORD:
            data = normalize_password(data)
        return super().to_internal_value(data)


class CurrentPasswordField(PasswordField):
    def __init__(self) -> None:
        super().__init__(
            required=False,
            help_text="The current password of the user of the request. Required to change their "
            "e-mail and, ten minutes after the log-in, to create or change an owner.",
        )


class NewPasswordField(PasswordField):
    documented = {"minLength": 8}
