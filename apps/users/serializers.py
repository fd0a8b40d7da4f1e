from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.fields import get_error_detail
from rest_framework.validators import UniqueValidator

from apps.api.devices import device_of
from apps.api.fields import StrictModelSerializer
from apps.mail.delivery import admit_mail
from apps.users.confirmation import EMAIL_CONFIRMATION, request_confirmation
from apps.users.fields import CurrentPasswordField, LowerCaseEmailField, NewPasswordField
from apps.users.models import User
from apps.users.passwords import validate_new_password
from apps.users.permissions import (
    require_right_to_change,
    require_right_to_make,
    require_right_to_replace,
)
from apps.users.reauthentication import require_password


def check_password(password: str, user: User, field: str = "password") -> None:
    """Raise a ValidationError at `field` if the policy refuses the password for this user."""
    try:
        validate_new_password(password, user)
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
        if role != getattr(self.instance, "role", None):
            require_right_to_make(self.context["request"], role)
        return role


class UserSerializer(PersonSerializer):
    current_password = CurrentPasswordField()

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "current_password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("current_password", None)
        user: Any = self.instance
        request = self.context["request"]
        require_right_to_change(request, user, attrs)
        if attrs.get("email", user.email) != user.email:
            if user == request.user:
                require_password(request)
            admit_mail(
                attrs["email"],
                EMAIL_CONFIRMATION,
                tenant=request.tenant,
                sender=request.user,
                device=device_of(request),
            )
            require_right_to_replace(request, attrs["email"])
        if "password" in self.initial_data:
            raise serializers.ValidationError(
                {"password": "A password is set when the user is created."}, "read_only"
            )
        return attrs

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        """Change all but the e-mail, which counts once a link mailed to it was used."""
        request = self.context["request"]
        require_right_to_change(request, instance, validated_data)  # as the user is by now
        email = validated_data.pop("email", instance.email)
        user = instance.change(**validated_data)
        if email != user.email:
            request_confirmation(user, email, device=device_of(request))
        return user


class NewUserSerializer(PersonSerializer):
    password = NewPasswordField()
    current_password = CurrentPasswordField()

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "password", "current_password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("current_password", None)
        require_right_to_replace(self.context["request"], attrs["email"])
        check_password(attrs["password"], User(**{**attrs, "password": ""}))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        return User.objects.create_user(**validated_data)
