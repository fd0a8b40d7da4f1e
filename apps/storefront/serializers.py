from __future__ import annotations

from apps.api.fields import StrictModelSerializer
from apps.storefront.models import Storefront


class StorefrontSerializer(StrictModelSerializer):
    """The look of the shop's pages. Shoppers see them while `is_open` is true."""

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
        ]
