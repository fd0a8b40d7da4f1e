from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.views import BodyView, PublicView
from apps.audit.models import AuditEvent
from apps.mail.delivery import enqueue_mail
from apps.throttling.lockout import count_password_change, knows_password
from apps.throttling.mail_quota import count_mail_request
from apps.users.actions import UserAction
from apps.users.emails import confirm_tenant, mail_password_reset
from apps.users.exceptions import InvalidLink
from apps.users.models import EmailToken, User
from apps.users.passwords import set_password
from apps.users.serializers import (
    EmailSerializer,
    NewPasswordSerializer,
    PasswordChangeSerializer,
    SentSerializer,
)

Purpose = EmailToken.Purpose
#: The response, whether or not the address is known.
SENT = {"detail": "If there is something to send, a mail is on its way."}


class PasswordChangeView(BodyView):
    """Change the password of the user, and end their other sessions."""

    serializer_class = PasswordChangeSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Any) -> Response:
        values, user = self.validated(request), request.user
        if not knows_password(user, values.get("current_password", ""), request.auth["sid"]):
            raise PermissionDenied(_("The current password is incorrect."), "wrong_password")
        count_password_change(user)
        set_password(user, values["new_password"], field="new_password", request=request)
        AuditEvent.objects.record(
            UserAction.PASSWORD_CHANGED, request, actor=user, subject=user.email
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetView(PublicView):
    """Mail a link to set a new password. The response does not reveal if the account exists."""

    serializer_class = EmailSerializer

    @extend_schema(responses={202: SentSerializer})
    def post(self, request: Any) -> Response:
        email = self.validated(request)["email"]
        count_mail_request("password_reset", request.client)
        AuditEvent.objects.record(UserAction.PASSWORD_RESET_ASKED, request, subject=email)
        enqueue_mail(mail_password_reset, email)
        return Response(SENT, status=status.HTTP_202_ACCEPTED)


class PasswordResetConfirmView(PublicView):
    """Set a new password with the token from a mail, and end all sessions."""

    serializer_class = NewPasswordSerializer

    @extend_schema(responses={204: None})
    def post(self, request: Request) -> Response:
        values = self.validated(request)
        with transaction.atomic():
            token = EmailToken.objects.use(Purpose.PASSWORD_RESET, values["token"])
            user = User.objects.filter(pk=token.user_id, email=token.email, is_active=True).first()
            if user is None:
                raise InvalidLink
            set_password(user, values["password"])
            confirm_tenant(user)
            AuditEvent.objects.record(
                UserAction.PASSWORD_RESET, request, actor=user, subject=user.email
            )
        return Response(status=status.HTTP_204_NO_CONTENT)
