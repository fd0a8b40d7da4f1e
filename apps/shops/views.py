from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.views import PublicView
from apps.api.viewsets import RetrieveModelMixin, UpdateModelMixin
from apps.audit.models import AuditEvent
from apps.shops.actions import ShopAction
from apps.shops.exceptions import CodeTaken
from apps.shops.provisioning import is_taken
from apps.shops.serializers import AvailabilitySerializer, OpenShopSerializer, ShopSerializer
from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant
from apps.tenants.validators import normalize_code, validate_code
from apps.throttling.hashing import refund_signup, signup_slot
from apps.users.permissions import IsOwnerOrReadOnly


class OpenShopView(PublicView, generics.CreateAPIView):
    """Create a shop and its owner. On the platform host."""

    serializer_class = OpenShopSerializer
    request: Any

    def perform_create(self, serializer: Any) -> None:
        try:
            with signup_slot(self.request.client):
                serializer.save()
        except CodeTaken:
            refund_signup(self.request.client)
            raise


class AvailabilityView(APIView):
    """Check if a shop can be created with a code. On the platform host."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[OpenApiParameter("code", str, required=True)], responses=AvailabilitySerializer
    )
    def get(self, request: Request) -> Response:
        code = request.query_params.get("code")
        if code is None:
            raise ValidationError({"code": "This parameter is required."}, "required")
        code = normalize_code(code)
        reason = _unavailability_reason(code)
        return Response({"code": code, "available": reason is None, "reason": reason})


class ShopView(RetrieveModelMixin, UpdateModelMixin, generics.RetrieveUpdateAPIView):
    """The shop of this host."""

    serializer_class = ShopSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsOwnerOrReadOnly]
    http_method_names = ["get", "head", "options", "patch"]

    def get_queryset(self) -> Any:
        return Tenant.objects.filter(pk=require_active_tenant().pk)

    def get_object(self) -> Any:
        # The cached tenant of the request is shared by all threads, and may be stale.
        return self.get_queryset().get()

    def perform_update(self, serializer: Any) -> None:
        names = sorted(serializer.validated_data)
        shop, user = serializer.save(), self.request.user
        AuditEvent.objects.record(
            ShopAction.CHANGED, self.request, actor=user, subject=shop.code, fields=names
        )


def _unavailability_reason(code: str) -> str | None:
    try:
        validate_code(code)
    except DjangoValidationError as error:
        return error.code
    return "taken" if is_taken(code) else None
