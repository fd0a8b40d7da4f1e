from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.fields import get_error_detail
from rest_framework.validators import UniqueValidator

from apps.api.fields import StrictModelSerializer, TextField
from apps.limits.guard import knows_password
from apps.users.models import Role, User


class LowerCaseEmailField(TextField, serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class PasswordField(TextField):
    """A password, taken as it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"write_only": True, "trim_whitespace": False, "max_length": 128}
        super().__init__(**kwargs, style={"input_type": "password"})


class NewPasswordField(PasswordField):
    """One that check_password() is still to judge."""

    documented = {"minLength": 8}


def check_password(password: str, user: User, field: str = "password") -> None:
    """Raise a ValidationError at `field` if the policy refuses the password for this user."""
    try:
        validate_password(password, user)
    except DjangoValidationError as error:
        raise serializers.ValidationError({field: get_error_detail(error)}) from error


class PersonSerializer(StrictModelSerializer):
    """What is seen of a user, and may be set at any time."""

    email = LowerCaseEmailField(
        max_length=254,
        validators=[
            UniqueValidator(User.objects.all(), message="Somebody in this shop has this e-mail.")
        ],
    )

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "first_name",
            "last_name",
            "role",
            "is_active",
            "created_at",
        ]
        read_only_fields = ["created_at"]

    def validate_role(self, role: str) -> str:
        if role == Role.OWNER and self.context["request"].user.role != Role.OWNER:
            raise PermissionDenied("Only an owner makes somebody an owner.")
        return role


class UserSerializer(PersonSerializer):
    current_password = PasswordField(
        required=False, help_text="Needed to change the e-mail of one's own account."
    )

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "current_password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self._require_current_password(attrs)
        if "password" in self.initial_data:
            raise serializers.ValidationError(
                {"password": "A password is set when the user is created."}, "read_only"
            )
        return attrs

    def _require_current_password(self, attrs: dict[str, Any]) -> None:
        """Raise PermissionDenied unless whoever changes their own e-mail knows the password."""
        current = attrs.pop("current_password", "")
        request = self.context["request"]
        me = request.user
        if self.instance != me or attrs.get("email", me.email) == me.email:
            return
        if not knows_password(me, current, request.auth["sid"]):
            raise PermissionDenied("The current password is incorrect.", "wrong_password")

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        return instance.change(**validated_data)


class NewUserSerializer(PersonSerializer):
    password = NewPasswordField()

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_password(attrs["password"], User(**{**attrs, "password": ""}))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        return User.objects.create_user(**validated_data)
