"""Registration of customers, confirmation of addresses, and the list of a user's shops."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.views import PublicView
from apps.audit.models import AuditEvent
from apps.mail.delivery import enqueue_mail
from apps.tenants.languages import preferred_language
from apps.throttling.mail_quota import count_mail_request
from apps.users.actions import UserAction
from apps.users.emails import confirm_email, mail_shops, mail_verification
from apps.users.exceptions import InvalidLink
from apps.users.models import EmailToken, Role, User
from apps.users.passwords import create_account, set_password
from apps.users.serializers import (
    ConfirmationSerializer,
    EmailSerializer,
    NewPasswordSerializer,
    RegistrationSerializer,
    SentSerializer,
)
from apps.users.views.passwords import SENT

Purpose = EmailToken.Purpose


class RegisterView(PublicView):
    """Mail a link that creates a customer. The response does not reveal if the account exists."""

    serializer_class = RegistrationSerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Any) -> Response:
        account = self.validated(request)
        count_mail_request("email_verification", request.client)
        email = account.pop("email")
        enqueue_mail(mail_verification, email, account)
        return Response(SENT, status=status.HTTP_202_ACCEPTED)


class EmailVerifyView(PublicView):
    """Create a customer with the token from a mail and a password."""

    serializer_class = NewPasswordSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        values = self.validated(request)
        with transaction.atomic():
            token = EmailToken.objects.use(Purpose.EMAIL_VERIFICATION, values["token"])
            if User.objects.filter(email=token.email).exists():
                raise InvalidLink
            user = User(email=token.email, role=Role.CUSTOMER, **token.account)
            create_account(user, values["password"])
            AuditEvent.objects.record(
                UserAction.REGISTERED, request, actor=user, subject=user.email
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


class EmailConfirmView(PublicView):
    """Make the address of a mailed token the e-mail of its user, and end all sessions.

    The token from the creation of a shop confirms the present address of the owner and sets a new
    password, because another person may have entered the address and the present password.
    """

    serializer_class = ConfirmationSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Any) -> Response:
        values = self.validated(request)
        with transaction.atomic():
            token = EmailToken.objects.use(Purpose.EMAIL_CONFIRMATION, values["token"])
            user = User.objects.filter(pk=token.user_id, is_active=True).first()
            others = User.objects.filter(email=token.email).exclude(pk=token.user_id)
            if user is None or others.exists():
                raise InvalidLink
            before = user.email
            if before == token.email:
                if "password" not in values:
                    raise ValidationError({"password": _("This field is required.")}, "required")
                set_password(user, values["password"])
            confirm_email(user, token.email, request.client)
            AuditEvent.objects.record(
                UserAction.EMAIL_CONFIRMED, request, actor=user, subject=token.email, before=before
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


class FindShopsView(PublicView):
    """Mail a list of the shops where an address has an account. On the platform host."""

    serializer_class = EmailSerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Any) -> Response:
        email = self.validated(request)["email"]
        count_mail_request("find_shops", request.client)
        enqueue_mail(mail_shops, email, preferred_language(request))
        return Response(SENT, status=status.HTTP_202_ACCEPTED)
