from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from apps.api.fields import StrictModelSerializer, TextField
from apps.identity.models import MailedToken, Session
from apps.users.fields import (
    CurrentPasswordField,
    LowerCaseEmailField,
    NameField,
    NewPasswordField,
    PasswordField,
)
from apps.users.models import Role, User
from apps.users.permissions import require_right_to_make


class SessionSerializer(StrictModelSerializer):
    last_seen = serializers.DateTimeField(source="rotated_at", read_only=True)
    device = serializers.CharField(source="user_agent", read_only=True)
    current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "device", "address", "created_at", "last_seen", "expires_at", "current"]
        read_only_fields = fields

    def get_current(self, session: Session) -> bool:
        """Tell whether this very request belongs to the session."""
        return str(session.pk) == self.context["request"].auth["sid"]


class EmailSerializer(serializers.Serializer):
    """An address that something is sent to, whether or not it is known."""

    email = LowerCaseEmailField(max_length=254)


class SentSerializer(serializers.Serializer):
    """The one answer, whether or not anything was sent."""

    detail = serializers.CharField(read_only=True)


class PasswordChangeSerializer(serializers.Serializer):
    current_password = PasswordField(required=False)
    new_password = NewPasswordField()


class RegistrationSerializer(serializers.Serializer):
    """A customer to be. The password comes with the link, from the holder of the address."""

    email = LowerCaseEmailField(max_length=254)
    first_name = NameField()
    last_name = NameField(required=False, allow_blank=True)


class TokenSerializer(serializers.Serializer):
    """The secret from a mail."""

    token = TextField(max_length=64, write_only=True)


class ConfirmationSerializer(TokenSerializer):
    password = NewPasswordField(
        required=False, help_text="Required with the link from the opening of a shop."
    )


class NewPasswordSerializer(TokenSerializer):
    """A password for the account that a mailed link is for."""

    password = NewPasswordField()


class AcceptanceSerializer(NewPasswordSerializer):
    first_name = NameField()
    last_name = NameField(required=False, allow_blank=True)


class InvitationSerializer(StrictModelSerializer):
    email = LowerCaseEmailField(
        max_length=254,
        validators=[
            UniqueValidator(User.objects.all(), message="Somebody in this shop has this e-mail.")
        ],
    )
    role = serializers.ChoiceField(choices=Role.choices)
    current_password = CurrentPasswordField()

    class Meta:
        model = MailedToken
        read_only_fields = ["invited_by", "created_at", "expires_at"]
        fields = ["id", "email", "role", *read_only_fields, "current_password"]

    def validate_role(self, role: str) -> str:
        require_right_to_make(self.context["request"], role)
        return role

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("current_password", None)
        return attrs


def invalid_link() -> serializers.ValidationError:
    """Return the one answer for every token that cannot be used."""
    return serializers.ValidationError({"token": "This link is invalid or expired."}, "invalid")
