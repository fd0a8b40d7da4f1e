from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from apps.api.fields import StrictCharField, StrictModelSerializer
from apps.mail.delivery import admit_mail
from apps.users.emails import request_confirmation
from apps.users.models import EmailToken, LoginSession, Role, User
from apps.users.passwords import validate_new_password
from apps.users.permissions import (
    require_permission_to_assign,
    require_permission_to_change,
    require_permission_to_reinvite,
)
from apps.users.reauthentication import require_password
from apps.users.serializer_fields import (
    CurrentPasswordField,
    NameField,
    NewPasswordField,
    NormalizedEmailField,
    PasswordField,
)

Purpose = EmailToken.Purpose
EMAIL_IS_FREE = UniqueValidator(
    User.objects.all(), message=_("A user of this shop already has this e-mail.")
)


class PersonSerializer(StrictModelSerializer):
    """The fields of a user that can be read, and written at creation and later."""

    email = NormalizedEmailField(validators=[EMAIL_IS_FREE])

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
            require_permission_to_assign(self.context["request"], role)
        return role


class UserSerializer(PersonSerializer):
    current_password = CurrentPasswordField()

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "current_password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("current_password", None)
        user: Any = self.instance
        request = self.context["request"]
        require_permission_to_change(request, user, attrs)
        if attrs.get("email", user.email) != user.email:
            if user == request.user:
                require_password(request)
            self.admit_confirmation(attrs["email"])
            require_permission_to_reinvite(request, attrs["email"])
        if "password" in self.initial_data:
            raise serializers.ValidationError(
                {"password": "A password is set when the user is created."}, "read_only"
            )
        return attrs

    def admit_confirmation(self, email: str) -> None:
        """Count the mail to a new address; raise RateLimited or MailQueueFull."""
        request = self.context["request"]
        admit_mail(
            email,
            Purpose.EMAIL_CONFIRMATION.value,
            tenant=request.tenant,
            sender=request.user,
            client=request.client,
        )

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        """Save all fields but the e-mail, which changes when the link mailed to it is used."""
        request = self.context["request"]
        require_permission_to_change(request, instance, validated_data)  # again, with a locked row
        email = validated_data.pop("email", instance.email)
        user = instance.change(**validated_data)
        if email != user.email:
            request_confirmation(user, email, client=request.client)
        return user


class ProfileSerializer(UserSerializer):
    """The names and the address that a user of any role may change.

    A customer must not learn who has an account: an address that is taken gets the same response,
    and its link is invalid.
    """

    email = NormalizedEmailField()

    class Meta(UserSerializer.Meta):
        fields = ["id", "email", "first_name", "last_name", "current_password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("current_password", None)
        request = self.context["request"]
        if attrs.get("email", request.user.email) != request.user.email:
            require_password(request)
            self.admit_confirmation(attrs["email"])
        return attrs


class NewUserSerializer(PersonSerializer):
    password = NewPasswordField()
    current_password = CurrentPasswordField()

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "password", "current_password"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("current_password", None)
        require_permission_to_reinvite(self.context["request"], attrs["email"])
        validate_new_password(attrs["password"], User(**{**attrs, "password": ""}))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        return User.objects.create_user(**validated_data)


class SessionSerializer(StrictModelSerializer):
    last_seen = serializers.DateTimeField(source="rotated_at", read_only=True)
    device = serializers.CharField(source="user_agent", read_only=True)
    current = serializers.SerializerMethodField()

    class Meta:
        model = LoginSession
        fields = ["id", "device", "address", "created_at", "last_seen", "expires_at", "current"]
        read_only_fields = fields

    def get_current(self, session: LoginSession) -> bool:
        """Return True for the session of the request itself."""
        return str(session.pk) == self.context["request"].auth["sid"]


class InvitationSerializer(StrictModelSerializer):
    email = NormalizedEmailField(validators=[EMAIL_IS_FREE])
    role = serializers.ChoiceField(choices=Role.choices)
    current_password = CurrentPasswordField()

    class Meta:
        model = EmailToken
        read_only_fields = ["invited_by", "created_at", "expires_at"]
        fields = ["id", "email", "role", *read_only_fields, "current_password"]

    def validate_role(self, role: str) -> str:
        require_permission_to_assign(self.context["request"], role)
        return role

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("current_password", None)
        return attrs


class EmailSerializer(serializers.Serializer):
    email = NormalizedEmailField()


class SentSerializer(serializers.Serializer):
    """The response, whether or not a mail is sent."""

    detail = serializers.CharField(read_only=True)


class PasswordChangeSerializer(serializers.Serializer):
    current_password = PasswordField(required=False)
    new_password = NewPasswordField()


class TokenSerializer(serializers.Serializer):
    """The token from a mail."""

    token = StrictCharField(max_length=64, write_only=True)


class ConfirmationSerializer(TokenSerializer):
    password = NewPasswordField(
        required=False, help_text="Required with the link from the opening of a shop."
    )


class NewPasswordSerializer(TokenSerializer):
    """A new password, with the token from a mail."""

    password = NewPasswordField()


class NewAccountSerializer(serializers.Serializer):
    """A new account. Subclasses remove the fields that a mailed link replaces."""

    email: Any = NormalizedEmailField()
    password: Any = NewPasswordField()
    first_name = NameField()
    last_name = NameField(required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "email" in attrs and "password" in attrs:
            validate_new_password(attrs["password"], User(**{**attrs, "password": ""}))
        return attrs


class RegistrationSerializer(NewAccountSerializer):
    """A new customer, whose password is sent with the token from a mail."""

    password = None


class AcceptanceSerializer(NewAccountSerializer, TokenSerializer):
    """A new member of the team, whose address is that of the invitation."""

    email = None
