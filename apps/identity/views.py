"""What people do with their own account."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import generics, mixins, status, viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.devices import device_of
from apps.api.viewsets import DestroyModelMixin
from apps.auditlog.models import Action, AuditEvent
from apps.identity.exceptions import LinkInvalid
from apps.identity.mailings import mail_password_reset, mail_shops, mail_verification
from apps.identity.models import MailedToken, Session
from apps.identity.passwords import create_account, set_password
from apps.identity.serializers import (
    ConfirmationSerializer,
    EmailSerializer,
    NewPasswordSerializer,
    PasswordChangeSerializer,
    RegistrationSerializer,
    SentSerializer,
    SessionSerializer,
    invalid_link,
)
from apps.limits.guard import count_password_change, knows_password
from apps.limits.mail_quota import count_mail_request
from apps.mail.background import run_in_background
from apps.tenants.context import get_active_tenant
from apps.users.confirmation import confirm, confirm_tenant
from apps.users.models import Role, User

Purpose = MailedToken.Purpose
#: Said whether or not there was anybody to write to.
SENT = {"detail": "If there is something to send, a mail is on its way."}


class SessionViewSet(mixins.ListModelMixin, DestroyModelMixin, viewsets.GenericViewSet):
    """The devices on which whoever asks is logged in. DELETE logs one of them out."""

    queryset = Session.objects.order_by("-rotated_at")
    serializer_class = SessionSerializer
    permission_classes = [IsAuthenticated]
    ordering_fields = ["rotated_at"]
    ordering = ["-rotated_at"]

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.live().filter(user=self.request.user)

    def perform_destroy(self, instance: Session) -> None:
        _end(self.request, Session.objects.filter(pk=instance.pk))


class LogoutView(APIView):
    """Ends the session of this request."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Any) -> Response:
        _end(request, Session.objects.filter(pk=request.auth["sid"]))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BodyView(generics.GenericAPIView):
    """A view that takes a body, and a token."""

    permission_classes: Any = [IsAuthenticated]

    def validated(self, request: Request) -> dict[str, Any]:
        """Return the request's values; raise ValidationError."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class PublicView(BodyView):
    """A view that takes a body, and no token."""

    authentication_classes: Any = []
    permission_classes = [AllowAny]


class PasswordChangeView(BodyView):
    """Changes the password of whoever is logged in, and ends their other sessions."""

    serializer_class = PasswordChangeSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Any) -> Response:
        values, user = self.validated(request), request.user
        if not knows_password(user, values.get("current_password", ""), request.auth["sid"]):
            raise PermissionDenied("The current password is incorrect.", "wrong_password")
        count_password_change(user)
        set_password(user, values["new_password"], field="new_password", request=request)
        AuditEvent.objects.record(Action.PASSWORD_CHANGED, request, actor=user, subject=user.email)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetView(PublicView):
    """Mails a link to set a new password. The answer does not tell whether somebody is there."""

    serializer_class = EmailSerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Request) -> Response:
        email = self.validated(request)["email"]
        count_mail_request("password_reset", device_of(request))
        AuditEvent.objects.record(Action.PASSWORD_RESET_ASKED, request, subject=email)
        run_in_background(mail_password_reset, email, tenant=get_active_tenant())
        return Response(SENT, status=status.HTTP_202_ACCEPTED)


class PasswordResetConfirmView(PublicView):
    """Sets a new password by the token from a mail, and ends all sessions."""

    serializer_class = NewPasswordSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        values = self.validated(request)
        with transaction.atomic():
            token = use_link(Purpose.PASSWORD_RESET, values["token"])
            user = User.objects.filter(pk=token.user_id, email=token.email, is_active=True).first()
            if user is None:
                raise invalid_link()
            set_password(user, values["password"])
            confirm_tenant(user)
            AuditEvent.objects.record(
                Action.PASSWORD_RESET, request, actor=user, subject=user.email
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


class RegisterView(PublicView):
    """Mails a link that makes a customer. The answer does not tell who is one already."""

    serializer_class = RegistrationSerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Request) -> Response:
        account = self.validated(request)
        count_mail_request("email_verification", device_of(request))
        email = account.pop("email")
        run_in_background(mail_verification, email, account, tenant=get_active_tenant())
        return Response(SENT, status=status.HTTP_202_ACCEPTED)


class EmailVerifyView(PublicView):
    """Makes the customer that the token from a mail stands for, with the password given here."""

    serializer_class = NewPasswordSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        values = self.validated(request)
        with transaction.atomic():
            token = use_link(Purpose.EMAIL_VERIFICATION, values["token"])
            if User.objects.filter(email=token.email).exists():
                raise invalid_link()
            user = User(email=token.email, role=Role.CUSTOMER, **token.account)
            create_account(user, values["password"])
            AuditEvent.objects.record(
                Action.USER_REGISTERED, request, actor=user, subject=user.email
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


class EmailConfirmView(PublicView):
    """Makes the address that a link was mailed to the e-mail of its user, and ends all sessions.

    The link from the opening of a shop confirms the address that its owner has, and sets a new
    password: the one before may be that of another person, who entered this address.
    """

    serializer_class = ConfirmationSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        values = self.validated(request)
        with transaction.atomic():
            token = use_link(Purpose.EMAIL_CONFIRMATION, values["token"])
            user = User.objects.filter(pk=token.user_id, is_active=True).first()
            others = User.objects.filter(email=token.email).exclude(pk=token.user_id)
            if user is None or others.exists():
                raise invalid_link()
            before = user.email
            if before == token.email:
                if "password" not in values:
                    raise ValidationError({"password": "This field is required."}, "required")
                set_password(user, values["password"])
            confirm(user, token.email, device_of(request))
            AuditEvent.objects.record(
                Action.EMAIL_CONFIRMED, request, actor=user, subject=token.email, before=before
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


class FindShopsView(PublicView):
    """Mails the list of the shops where an address has an account. On the platform host."""

    serializer_class = EmailSerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Request) -> Response:
        email = self.validated(request)["email"]
        count_mail_request("find_shops", device_of(request))
        run_in_background(mail_shops, email, tenant=None)
        return Response(SENT, status=status.HTTP_202_ACCEPTED)


def use_link(purpose: str, secret: str) -> MailedToken:
    """Use a token from a mail up and return it; raise a ValidationError for an invalid one."""
    try:
        return MailedToken.objects.use(purpose, secret)
    except LinkInvalid as error:
        raise invalid_link() from error


def _end(request: Any, sessions: Any) -> None:
    sessions.end()
    AuditEvent.objects.record(
        Action.LOGGED_OUT, request, actor=request.user, subject=request.user.email
    )
