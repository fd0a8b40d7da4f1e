from __future__ import annotations

from typing import Any

from rest_framework import generics, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated

from apps.users.exceptions import LastOwner
from apps.users.models import User
from apps.users.permissions import ManagesUsers
from apps.users.serializers import UserSerializer


class LastOwnerConflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "last_owner"


class UserViewSet(viewsets.ModelViewSet):
    """The people of the shop. DELETE deactivates: what somebody added stays theirs."""

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

    def perform_update(self, serializer: Any) -> None:
        try:
            serializer.save()
        except LastOwner as error:
            raise LastOwnerConflict(str(error)) from error

    def perform_destroy(self, instance: User) -> None:
        try:
            instance.change(is_active=False)
        except LastOwner as error:
            raise LastOwnerConflict(str(error)) from error


class MeView(generics.RetrieveAPIView):
    """Whoever is logged in."""

    serializer_class = UserSerializer
    permission_classes = [IsAuthenticated]

    def get_object(self) -> Any:
        return self.request.user
