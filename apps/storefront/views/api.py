from __future__ import annotations

from typing import Any

from rest_framework import generics
from rest_framework.permissions import SAFE_METHODS, IsAuthenticatedOrReadOnly

from apps.api.viewsets import RetrieveModelMixin, UpdateModelMixin
from apps.audit.models import AuditEvent
from apps.storefront.actions import StorefrontAction
from apps.storefront.models import Storefront
from apps.storefront.serializers import StorefrontSerializer
from apps.tenants.context import require_active_tenant
from apps.users.permissions import IsOwnerOrReadOnly


class StorefrontSettingsView(RetrieveModelMixin, UpdateModelMixin, generics.RetrieveUpdateAPIView):
    """The look of the shop's pages. The owner changes it."""

    queryset = Storefront.objects.all()
    serializer_class = StorefrontSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsOwnerOrReadOnly]
    http_method_names = ["get", "head", "options", "patch"]

    def get_object(self) -> Storefront:
        if self.request.method in SAFE_METHODS:
            return Storefront.objects.current()
        row, _ = Storefront.objects.get_or_create(pk=require_active_tenant().pk)
        return row

    def perform_update(self, serializer: Any) -> None:
        fields = sorted(serializer.validated_data)
        serializer.save()
        AuditEvent.objects.record(
            StorefrontAction.CHANGED,
            self.request,
            actor=self.request.user,
            subject=require_active_tenant().code,
            fields=fields,
        )
