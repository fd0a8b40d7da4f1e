from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.views import PublicView
from apps.api.viewsets import (
    CreateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
)
from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.mail.delivery import admit_mail
from apps.tenants.context import require_active_tenant
from apps.users.actions import UserAction
from apps.users.emails import confirm_tenant, mail_invitation
from apps.users.exceptions import InvalidLink
from apps.users.models import EmailToken, User
from apps.users.passwords import create_account
from apps.users.permissions import ManagesInvitations, require_permission_to_reinvite
from apps.users.serializers import AcceptanceSerializer, InvitationSerializer, UserSerializer

Purpose = EmailToken.Purpose


class InvitationViewSet(
    CreateModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """The pending invitations of the shop. DELETE withdraws one, and its link stops working."""

    queryset = EmailToken.objects.filter(purpose=Purpose.INVITATION).order_by("-created_at")
    serializer_class = InvitationSerializer
    permission_classes = [ManagesInvitations]
    search_fields = ["email"]
    ordering_fields = ["created_at"]
    ordering = ["-created_at"]
    request: Any

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.usable()

    def perform_create(self, serializer: Any) -> None:
        email, role = serializer.validated_data["email"], serializer.validated_data["role"]
        tenant, inviter = require_active_tenant(), self.request.user
        require_permission_to_reinvite(self.request, email)
        admit_mail(email, "invitation", tenant=tenant, sender=inviter, client=self.request.client)
        with transaction.atomic():
            serializer.instance = mail_invitation(email, role, inviter)
            self._record(UserAction.INVITED, serializer.instance)

    def perform_destroy(self, instance: EmailToken) -> None:
        EmailToken.objects.filter(pk=instance.pk).void()
        self._record(UserAction.INVITATION_WITHDRAWN, instance)

    def _record(self, action: Action, invitation: EmailToken) -> None:
        AuditEvent.objects.record(
            action,
            self.request,
            actor=self.request.user,
            subject=invitation.email,
            role=invitation.role,
        )


class AcceptInvitationView(PublicView):
    """Create the user of an invitation with the token from its mail."""

    serializer_class = AcceptanceSerializer

    @extend_schema(responses={201: UserSerializer})
    def post(self, request: Request) -> Response:
        values = self.validated(request)
        with transaction.atomic():
            invitation = EmailToken.objects.use(Purpose.INVITATION, values.pop("token"))
            _require_valid(invitation)
            password = values.pop("password")
            user = User(email=invitation.email, role=invitation.role, **values)
            create_account(user, password)
            confirm_tenant(user)
            AuditEvent.objects.record(
                UserAction.INVITATION_ACCEPTED,
                request,
                actor=user,
                subject=user.email,
                role=user.role,
            )
        context = self.get_serializer_context()
        return Response(UserSerializer(user, context=context).data, status.HTTP_201_CREATED)


def _require_valid(invitation: EmailToken) -> None:
    """Raise InvalidLink unless the inviter still has the permission to invite."""
    inviter = invitation.invited_by
    taken = User.objects.filter(email=invitation.email).exists()
    if taken or inviter is None or not inviter.may_invite(invitation.role):
        raise InvalidLink
