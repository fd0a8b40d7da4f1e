from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import (
    SAFE_METHODS,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.parsers import StrictMultiPartParser
from apps.api.viewsets import RetrieveModelMixin, UpdateModelMixin
from apps.audit.models import AuditEvent
from apps.products.images.inspection import MAX_BYTES
from apps.products.models import catalogue_change
from apps.storefront.actions import StorefrontAction
from apps.storefront.logos import change_logo, store_logo
from apps.storefront.models import Storefront
from apps.storefront.serializers import LogoSerializer, StorefrontSerializer
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

    @catalogue_change()  # the version of all that shoppers see
    def perform_update(self, serializer: Any) -> None:
        fields = sorted(serializer.validated_data)
        serializer.save()
        record_change(self.request, fields)


class LogoView(generics.GenericAPIView):
    """The logo of the shop, in the place of its name. The owner changes it."""

    queryset = Storefront.objects.all()
    serializer_class = LogoSerializer
    permission_classes = [IsAuthenticated, IsOwnerOrReadOnly]
    parser_classes = [StrictMultiPartParser]
    max_upload_bytes = MAX_BYTES

    @extend_schema(
        request={"multipart/form-data": LogoSerializer}, responses={201: StorefrontSerializer}
    )
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        logo = store_logo(serializer.validated_data["file"])
        look, _ = Storefront.objects.get_or_create(pk=require_active_tenant().pk)
        with catalogue_change():
            change_logo(look, logo)
            record_change(request, ["logo"])
        context = self.get_serializer_context()
        return Response(StorefrontSerializer(look, context=context).data, status=201)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        look = get_object_or_404(Storefront, pk=require_active_tenant().pk)
        with catalogue_change():
            change_logo(look, None)
            record_change(request, ["logo"])
        return Response(status=204)


def record_change(request: Any, fields: list[str]) -> None:
    AuditEvent.objects.record(
        StorefrontAction.CHANGED,
        request,
        actor=request.user,
        subject=require_active_tenant().code,
        fields=fields,
    )
