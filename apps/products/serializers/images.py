from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.fields import StrictCharField, StrictModelSerializer
from apps.api.read_plans import ColumnField
from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.values import MAX_URL, parse_url
from apps.products.images.files import media_urls
from apps.products.models import Image


class ImageSerializer(StrictModelSerializer):
    """An image of a product. `urls` are its renditions by width in pixels, once it is ready."""

    urls = serializers.SerializerMethodField()

    class Meta:
        model = Image
        fields = ["id", "alt", "status", "error", "source_url", "width", "height", "color", "urls"]
        read_only_fields = ["status", "error", "source_url", "width", "height", "color"]

    def to_representation(self, instance: Image) -> dict[str, Any]:
        return shown_to_reader(super().to_representation(instance), self.context)

    def get_urls(self, image: Image) -> dict[str, str]:
        if image.status != Image.Status.READY:
            return {}
        return media_urls(image.content_hash, image.width or 0)


@extend_schema_field(ImageSerializer(allow_null=True))
class FirstImageField(ColumnField):
    """The first image that is ready, as by ImageSerializer, from a dict of IMAGE_COLUMNS."""

    def represent(self, value: dict[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
        ready = {**value, "error": "", "urls": media_urls(value["content_hash"], value["width"])}
        return shown_to_reader({name: ready[name] for name in ImageSerializer.Meta.fields}, context)


def shown_to_reader(data: dict[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the representation of an image without what only the team sees."""
    if not getattr(context["request"].user, "is_team", False):
        for name in ("status", "error", "source_url"):
            data.pop(name, None)
    return data


class NestedImageSerializer(ImageSerializer):
    """An image in a product: with an `id`, one that exists; else a new one from `source_url`."""

    id = serializers.UUIDField(required=False)
    source_url = StrictCharField(max_length=MAX_URL, required=False, allow_blank=True)

    def validate_source_url(self, url: str) -> str:
        try:
            return parse_url(url)
        except InvalidValue as error:
            raise serializers.ValidationError(error.detail, error.code) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "id" in attrs:  # as it was read, with an address that does not change
            attrs.pop("source_url", None)
        elif not attrs.get("source_url"):
            raise serializers.ValidationError(
                {"id": "Either the id of an image or a source_url."}, code="required"
            )
        return attrs


class ImageUploadSerializer(serializers.Serializer):
    """A JPEG, PNG, WebP, GIF (its first frame) or AVIF image of up to 20 MB and 50 megapixels."""

    file = serializers.FileField(allow_empty_file=True)
    alt = serializers.CharField(max_length=512, required=False, allow_blank=True)
