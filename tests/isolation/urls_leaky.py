"""A shop's site with faults: each view reveals other shops in a different way."""

from __future__ import annotations

import logging
from typing import Any

from django.core.mail import send_mail
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.products.models import Product
from apps.tenants.context import require_active_tenant, tenant_context
from apps.tenants.models import Tenant
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

logger = logging.getLogger("leaky")


def products_of_every_shop(**lookups: Any) -> list[Product]:
    found: list[Product] = []
    for tenant in Tenant.objects.using("owner"):
        with tenant_context(tenant):
            found += Product.objects.using("owner").filter(**lookups)
    return found


class LeakyView(APIView):
    queryset = Product.objects.all()
    authentication_classes = []
    permission_classes = [AllowAny]

    def nothing(self) -> Response:
        return Response({"results": []})


class LeakyRowView(LeakyView):
    """Finds a product of another shop; what comes of it is a subclass's."""

    @extend_schema(responses={200: None})
    def get(self, request: Request, pk: str) -> Response:
        for product in products_of_every_shop(pk=pk):
            if product.tenant_id != require_active_tenant().pk:
                return self.leak(product)
        return self.nothing()

    def leak(self, product: Product) -> Response:
        raise NotImplementedError


class InBody(LeakyRowView):
    def leak(self, product: Product) -> Response:
        return Response({"name": product.name})


class InHeader(LeakyRowView):
    def leak(self, product: Product) -> Response:
        return Response({"results": []}, headers={"X-Product": product.name})


class InLog(LeakyRowView):
    def leak(self, product: Product) -> Response:
        logger.info("A client looked at %s.", product.name)
        return self.nothing()


class InMail(LeakyRowView):
    def leak(self, product: Product) -> Response:
        send_mail("Seen", f"A client looked at {product.name}.", None, ["me@acme.example"])
        return self.nothing()


class InStatus(LeakyRowView):
    """Tells a row of another shop from one that never was."""

    def leak(self, product: Product) -> Response:
        raise PermissionDenied

    def nothing(self) -> Response:
        raise NotFound


class InTable(LeakyRowView):
    def leak(self, product: Product) -> Response:
        with tenant_context(product.tenant):
            Product.objects.using("owner").filter(pk=product.pk).update(
                status="draft" if product.status == "active" else "active"
            )
        return self.nothing()


class InFailure(LeakyRowView):
    def leak(self, product: Product) -> Response:
        raise RuntimeError(product.name)


class ByHeader(LeakyView):
    """Believes a client that names a shop."""

    @extend_schema(responses={200: None})
    def get(self, request: Request) -> Response:
        shop = Tenant.objects.filter(code=request.headers.get("X-Tenant-ID", "")).first()
        return Response({"name": shop and shop.name})


class ByParameter(LeakyView):
    """Finds products of every shop by a documented parameter."""

    def found(self, code: str | None) -> Response:
        return Response([row.name for row in products_of_every_shop(code=code)])


class ByQuery(ByParameter):
    @extend_schema(parameters=[OpenApiParameter("code")], responses={200: None})
    def get(self, request: Request) -> Response:
        return self.found(request.query_params.get("code"))


class ByHeaderParameter(ByParameter):
    @extend_schema(
        parameters=[OpenApiParameter("code", location=OpenApiParameter.HEADER)],
        responses={200: None},
    )
    def get(self, request: Request) -> Response:
        return self.found(request.headers.get("code"))


class ByCookie(ByParameter):
    @extend_schema(
        parameters=[OpenApiParameter("code", location=OpenApiParameter.COOKIE)],
        responses={200: None},
    )
    def get(self, request: Request) -> Response:
        return self.found(request.COOKIES.get("code"))


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField()


class Upload(LeakyView):
    """Finds products of every shop by the name of a file."""

    parser_classes = [MultiPartParser]

    @extend_schema(request=UploadSerializer, responses={200: None})
    def post(self, request: Request) -> Response:
        word = request.data["file"].name.removesuffix(".txt")
        return Response([row.name for row in products_of_every_shop(name__contains=word)])


class RowSerializer(serializers.Serializer):
    code = serializers.CharField()


class ImportSerializer(serializers.Serializer):
    rows = RowSerializer(many=True)


class Import(LeakyView):
    """Tells which codes are taken in any shop."""

    @extend_schema(request=ImportSerializer, responses={200: None})
    def post(self, request: Request) -> Response:
        codes = [row["code"] for row in request.data["rows"]]
        return Response({"taken": len(products_of_every_shop(code__in=codes))})


class UnknownValue(LeakyView):
    """Takes what the matrix has never heard of."""

    @extend_schema(request=serializers.DictField(child=serializers.CharField()), responses=None)
    def post(self, request: Request) -> Response:
        return self.nothing()


class Undocumented(LeakyView):
    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return self.nothing()


urlpatterns = [
    path("in-body/<pk>/", InBody.as_view()),
    path("in-header/<pk>/", InHeader.as_view()),
    path("in-log/<pk>/", InLog.as_view()),
    path("in-mail/<pk>/", InMail.as_view()),
    path("in-status/<pk>/", InStatus.as_view()),
    path("in-table/<pk>/", InTable.as_view()),
    path("in-failure/<pk>/", InFailure.as_view()),
    path("by-header/", ByHeader.as_view()),
    path("by-query/", ByQuery.as_view()),
    path("by-header-parameter/", ByHeaderParameter.as_view()),
    path("by-cookie/", ByCookie.as_view()),
    path("upload/", Upload.as_view()),
    path("import/", Import.as_view()),
    path("unknown-value/", UnknownValue.as_view()),
    path("undocumented/", Undocumented.as_view()),
]
