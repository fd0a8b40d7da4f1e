from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.viewsets import ModelViewSet, RetrieveModelMixin, UpdateModelMixin
from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.users.actions import UserAction
from apps.users.models import User
from apps.users.permissions import ManagesUsers, require_permission_to_change
from apps.users.reauthentication import require_recent_login
from apps.users.serializers import NewUserSerializer, ProfileSerializer, UserSerializer


class RecordMixin:
    """Records the changes of a user."""

    def perform_update(self: Any, serializer: Any) -> None:
        changes = dict(serializer.validated_data)
        user = serializer.save()
        email = changes.pop("email", user.email)
        if changes:
            self.record(UserAction.CHANGED, user, **changes)
        if email != user.email:
            self.record(UserAction.EMAIL_CHANGE_REQUESTED, user, new=email)

    def record(self: Any, audit_action: Action, user: User, **details: Any) -> None:
        AuditEvent.objects.record(
            audit_action, self.request, actor=self.request.user, subject=user.email, **details
        )


@extend_schema_view(create=extend_schema(responses={201: UserSerializer}))
class UserViewSet(RecordMixin, ModelViewSet):
    """The users of the shop. DELETE deactivates a user, and keeps what they added."""

    queryset = User.objects.order_by("-created_at", "-id")
    serializer_class = UserSerializer
    permission_classes = [ManagesUsers]
    search_fields = ["email", "first_name", "last_name"]
    filterset_fields = ["email", "role", "is_active"]
    ordering_fields = ["created_at", "email"]
    ordering = ["-created_at"]

    def get_queryset(self) -> Any:
        queryset: Any = super().get_queryset()
        return queryset.visible_to(self.request.user)

    def get_serializer_class(self) -> Any:
        return NewUserSerializer if self.action == "create" else UserSerializer

    def get_locked_object(self) -> Any:
        # Owners first and in the same order as User.change(), to avoid deadlocks.
        list(User.objects.active_owners().order_by("pk").select_for_update())
        return super().get_locked_object()

    @transaction.atomic
    def perform_create(self, serializer: Any) -> None:
        user = serializer.save()
        self.record(UserAction.CREATED, user, role=user.role)

    def perform_destroy(self, instance: User) -> None:
        require_permission_to_change(self.request, instance, {"is_active": False})
        instance.change(is_active=False)
        self.record(UserAction.DEACTIVATED, instance)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["delete"], filterset_fields=[])
    def sessions(self, request: Request, pk: str) -> Response:
        """End all sessions of a user."""
        user = self.get_object()
        user.sessions.end()
        self.record(UserAction.LOGGED_OUT, user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(RetrieveModelMixin, generics.RetrieveAPIView):
    """The user of this request."""

    serializer_class = UserSerializer
    permission_classes = [IsAuthenticated]

    def get_object(self) -> Any:
        return self.request.user


class ProfileView(RecordMixin, UpdateModelMixin, generics.UpdateAPIView):
    """The names and the address of the user of this request. For pages: no path leads here.

    An owner must have just logged in, or send the current password.
    """

    queryset = User.objects.all()
    serializer_class = ProfileSerializer
    permission_classes = [IsAuthenticated]
    http_method_names = ["patch"]

    def get_object(self) -> Any:
        user: Any = self.request.user
        if user.is_owner:
            require_recent_login(self.request)
        return user
