"""Serializer fields of what identifies a user."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from apps.api.fields import TextField
from apps.tenants.validators import validate_name
from apps.users.emails import normalise_email
from apps.users.passwords import LONGEST, normalise_password


class LowerCaseEmailField(TextField, serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        try:
            return normalise_email(super().to_internal_value(data))
        except DjangoValidationError:
            raise serializers.ValidationError(self.error_messages["invalid"], "invalid") from None


class NameField(TextField):
    """A first or a last name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, validators=[validate_name], **kwargs)


class PasswordField(TextField):
    """A password, taken as it is typed but for its normal form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"write_only": True, "trim_whitespace": False, "max_length": LONGEST}
        super().__init__(**kwargs, style={"input_type": "password"})

    def to_internal_value(self, data: Any) -> str:
        # Four characters become one at most; to sort the marks of more would take long.
        if isinstance(data, str) and len(data) <= 4 * LONGEST:
            data = normalise_password(data)
        return super().to_internal_value(data)


class CurrentPasswordField(PasswordField):
    """The password of the user who asks; see `reauthentication`."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            help_text="The password of the user who asks. Needed to change one's own e-mail and, "
            "ten minutes after the log-in, for everything that makes or changes an owner.",
        )


class NewPasswordField(PasswordField):
    """One that check_password() is still to judge."""

    documented = {"minLength": 8}
