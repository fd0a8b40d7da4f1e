from __future__ import annotations

from typing import Any

from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from apps.api.viewsets import ListModelMixin
from apps.audit.models import AuditEvent
from apps.audit.serializers import AuditEventSerializer


class IsOwner(IsAuthenticated):
    """Allow the owner only. Defined here: apps.users is a layer above the audit log."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        return getattr(request.user, "is_owner", False)


class AuditViewSet(ListModelMixin, viewsets.GenericViewSet):
    """The audit log of the shop, newest first, for its owner."""

    queryset = AuditEvent.objects.order_by("-created_at")
    serializer_class = AuditEventSerializer
    permission_classes = [IsOwner]
    filterset_fields = {
        "action": ["exact"],
        "actor": ["exact"],
        "created_at": ["gte", "lte"],
    }
    ordering_fields = ["created_at"]
    ordering = ["-created_at"]
