from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.fields import StrictModelSerializer
from apps.products.images.files import media_urls
from apps.storefront.models import Storefront


class StorefrontSerializer(StrictModelSerializer):
    """The look of the shop's pages. Shoppers see them while `is_open` is true."""

    logo = serializers.SerializerMethodField()

    class Meta:
        model = Storefront
        fields = [
            "is_open",
            "tagline",
            "announcement",
            "footer",
            "accent",
            "scheme",
            "fonts",
            "corners",
            "logo",
        ]

    def get_logo(self, look: Storefront) -> dict[str, Any] | None:
        """Return the size of the logo and the URLs of its renditions by width."""
        if not look.logo_hash or look.logo_width is None:
            return None
        urls = media_urls(look.logo_hash, look.logo_width)
        return {"width": look.logo_width, "height": look.logo_height, "urls": urls}


class LogoSerializer(serializers.Serializer):
    """A JPEG, PNG, WebP, GIF or AVIF image of up to 20 MB and 50 megapixels."""

    file = serializers.FileField(allow_empty_file=True)
