from __future__ import annotations

from rest_framework.validators import UniqueValidator

from apps.api.fields import StrictCharField, StrictModelSerializer
from apps.products.models import Product
from apps.tenants.validators import validate_title


class ProductSerializer(StrictModelSerializer):
    # DRF adds no validator for (tenant, code), because `tenant` is not a field.
    code = StrictCharField(
        max_length=64,
        validators=[
            validate_title,
            UniqueValidator(Product.objects.all(), message="A product of this shop has this code."),
        ],
    )

    class Meta:
        model = Product
        fields = [
            "id",
            "name",
            "code",
            "description",
            "published",
            "added_by",
            "added_on",
            "updated_on",
        ]
        read_only_fields = ["added_by", "added_on", "updated_on"]
