from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import Any, Final

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.parsers import StrictMultiPartParser
from apps.api.views import BodyView
from apps.api.viewsets import ListModelMixin, RetrieveModelMixin
from apps.products.exports import write_export
from apps.products.imports.jobs import queue_import
from apps.products.models import ProductImport
from apps.products.serializers.imports import (
    ImportFileSerializer,
    ImportIdSerializer,
    ProductImportDetailSerializer,
    ProductImportSerializer,
)
from apps.tenants.context import require_active_tenant
from apps.users.permissions import IsTeam

MAX_UPLOAD: Final = 100_000_000
#: An export of up to this size stays in memory.
_SPOOL: Final = 1_000_000
_FLAGS: Final = {"": False, "0": False, "false": False, "1": True, "true": True}


class ImportProductsView(BodyView):
    """Import a CSV file of Shopify or WooCommerce in the background; see docs/csv.md."""

    permission_classes = [IsTeam]
    parser_classes = [StrictMultiPartParser]
    max_upload_bytes = MAX_UPLOAD
    serializer_class = ImportFileSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "dry_run",
                OpenApiTypes.BOOL,
                description="Report what an import would do, and write nothing.",
            )
        ],
        responses={202: ImportIdSerializer},
    )
    def post(self, request: Request) -> Response:
        dry_run = _flag(request, "dry_run")
        file = self.validated(request)["file"]
        queued = queue_import(file, filename=file.name, user=request.user, dry_run=dry_run)
        return Response({"id": queued.pk}, status=202)


class ImportViewSet(RetrieveModelMixin, ListModelMixin, viewsets.GenericViewSet):
    """The imports of the shop, newest first. One of them has its errors and warnings."""

    queryset = ProductImport.objects.order_by("-created_at")
    permission_classes = [IsTeam]
    filterset_fields = ["status"]
    ordering_fields = ["created_at"]
    ordering = ["-created_at"]

    def get_serializer_class(self) -> Any:
        return ProductImportSerializer if self.action == "list" else ProductImportDetailSerializer


class ExportProductsView(APIView):
    """All products as a CSV file in the format of Shopify; see docs/csv.md."""

    permission_classes = [IsTeam]

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> FileResponse:
        # Written before the response begins: what is streamed is sent after the tenant's context.
        with ExitStack() as stack:
            file: Any = stack.enter_context(tempfile.SpooledTemporaryFile(_SPOOL))
            write_export(file)
            file.seek(0)
            stack.pop_all()  # the response closes it
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"{require_active_tenant().code}-products.csv",
            content_type="text/csv; charset=utf-8",
        )


def _flag(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "").lower()
    if text not in _FLAGS:
        raise ValidationError({name: "Either true or false."}, "invalid")
    return _FLAGS[text]
