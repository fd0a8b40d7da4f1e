from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.parsers import StrictMultiPartParser
from apps.api.viewsets import (
    DestroyModelMixin,
    ListModelMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
)
from apps.products.exceptions import InvalidEdit
from apps.products.images import files
from apps.products.images.inspection import MAX_BYTES
from apps.products.images.jobs import receive, render_image
from apps.products.models import Image, catalogue_change
from apps.products.serializers.images import ImageSerializer, ImageUploadSerializer
from apps.products.serializers.products import MAX_IMAGES
from apps.products.views.variants import PRODUCT_PK, OfProductMixin
from apps.users.permissions import IsTeamOrReadOnly


@extend_schema(parameters=[PRODUCT_PK])
@extend_schema_view(
    create=extend_schema(
        request={"multipart/form-data": ImageUploadSerializer}, responses={201: ImageSerializer}
    )
)
class ImageViewSet(
    OfProductMixin,
    RetrieveModelMixin,
    UpdateModelMixin,
    DestroyModelMixin,
    ListModelMixin,
    viewsets.GenericViewSet,
):
    """The images of a product. An upload comes last, and a job renders it."""

    queryset = Image.objects.order_by("position")
    serializer_class = ImageSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, IsTeamOrReadOnly]
    filter_backends = []
    ordering = ["position"]
    max_upload_bytes = MAX_BYTES

    def get_queryset(self) -> Any:
        images: Any = super().get_queryset().filter(product=self.get_product().pk)
        is_team = getattr(self.request.user, "is_team", False)
        return images if is_team else images.filter(status=Image.Status.READY)

    def get_parsers(self) -> Any:
        is_upload = getattr(self.request, "method", "") == "POST"
        return [StrictMultiPartParser()] if is_upload else super().get_parsers()

    def get_locked_object(self) -> Any:
        self.get_product(lock=True)  # first, as a change of the whole product does
        return super().get_locked_object()

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload an image: the field `file` of a form, and perhaps `alt`."""
        product = self.get_product()
        serializer = ImageUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        image = Image(product=product, alt=serializer.validated_data.get("alt", ""), position=0)
        receive(image, serializer.validated_data["file"])
        try:
            self._add(image)
        except Exception:
            files.delete([files.upload_name(image.pk)])
            raise
        return Response(self.get_serializer(image).data, status=201)

    @catalogue_change()
    def _add(self, image: Image) -> None:
        product = self.get_product(lock=True)
        present = list(product.images.all())
        if len(present) >= MAX_IMAGES:
            raise InvalidEdit(
                ("file",), "too_many_images", _("At most %(max)s images."), max=MAX_IMAGES
            )
        image.position = max((each.position + 1 for each in present), default=0)
        image.save(force_insert=True)
        render_image.enqueue(str(image.pk))
        self.record(product, image=str(image.pk))

    @catalogue_change()
    def perform_update(self, serializer: Any) -> None:
        self.record(serializer.save().product, fields=["images"])

    @catalogue_change()
    def perform_destroy(self, instance: Image) -> None:
        self.record(instance.product, fields=["images"])
        instance.delete()
