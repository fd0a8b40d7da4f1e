from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.viewsets import DestroyModelMixin, ListModelMixin
from apps.audit.models import AuditEvent
from apps.users.actions import UserAction
from apps.users.models import LoginSession
from apps.users.serializers import SessionSerializer


class SessionViewSet(ListModelMixin, DestroyModelMixin, viewsets.GenericViewSet):
    """The live sessions of the user. DELETE ends one."""

    queryset = LoginSession.objects.order_by("-rotated_at")
    serializer_class = SessionSerializer
    permission_classes = [IsAuthenticated]
    ordering_fields = ["rotated_at"]
    ordering = ["-rotated_at"]

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.live().filter(user=self.request.user)

    def perform_destroy(self, instance: LoginSession) -> None:
        _end(self.request, LoginSession.objects.filter(pk=instance.pk))


class LogoutView(APIView):
    """End the session of this request."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Any) -> Response:
        _end(request, LoginSession.objects.filter(pk=request.auth["sid"]))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _end(request: Any, sessions: Any) -> None:
    sessions.end()
    AuditEvent.objects.record(
        UserAction.LOGGED_OUT, request, actor=request.user, subject=request.user.email
    )
