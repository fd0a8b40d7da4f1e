from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.fields import (
    BoundedListField,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
)
from apps.api.read_plans import ConstantField
from apps.products.models import MAX_AMOUNT, MAX_OPTIONS, StockMovement, Variant
from apps.products.models.stock import MAX_QUANTITY
from apps.tenants.context import require_active_tenant

#: A weight in grams, a hundred tonnes.
MAX_WEIGHT = 100_000_000
MAX_IMAGES_OF_VARIANT = 250


class AmountField(StrictIntegerField):
    """An amount in minor units of the shop's currency."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_AMOUNT, **kwargs)


@extend_schema_field({"type": "string", "minLength": 3, "maxLength": 3})
class CurrencyField(ConstantField):
    """The currency of the shop."""

    def get_constant(self) -> str:
        return str(require_active_tenant().currency)


class ChosenOptionsField(serializers.DictField):
    """The value of each option by its name, such as `{"Size": "M"}`."""

    child = StrictCharField(max_length=255)

    def get_attribute(self, instance: Any) -> dict[str, str]:
        values = (instance.value1, instance.value2, instance.value3)
        return {value.option.name: value.name for value in values if value is not None}

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, dict):
            if len(data) > MAX_OPTIONS:
                raise serializers.ValidationError(
                    _("A product has at most %(max)s options.") % {"max": MAX_OPTIONS},
                    code="too_many_options",
                )
            for name in data:
                StrictCharField(max_length=255).run_validation(name)
        return super().to_internal_value(data)


class ImageIdsField(BoundedListField):
    """The ids of the variant's images."""

    child = serializers.UUIDField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_IMAGES_OF_VARIANT, **kwargs)

    def get_attribute(self, instance: Any) -> list[Any]:
        return [row.image_id for row in instance.variant_images.all()]


class VariantSerializer(StrictModelSerializer):
    """A variant. Only the team sees and sets its `stock`; others see if it is `in_stock`."""

    options = ChosenOptionsField(required=False)
    price = AmountField(required=False)
    compare_at_price = AmountField(required=False, allow_null=True)
    currency = CurrencyField()
    weight = StrictIntegerField(
        min_value=0, max_value=MAX_WEIGHT, required=False, allow_null=True, help_text="In grams."
    )
    stock = StrictIntegerField(min_value=-MAX_QUANTITY, max_value=MAX_QUANTITY, required=False)
    in_stock = serializers.SerializerMethodField()
    images = ImageIdsField(required=False)

    class Meta:
        model = Variant
        fields = [
            "id",
            "options",
            "sku",
            "barcode",
            "price",
            "compare_at_price",
            "currency",
            "weight",
            "requires_shipping",
            "is_taxable",
            "stock_policy",
            "stock",
            "in_stock",
            "images",
        ]

    def get_in_stock(self, variant: Variant) -> bool:
        return variant.stock_policy != Variant.StockPolicy.DENY or variant.stock > 0

    def to_representation(self, instance: Variant) -> dict[str, Any]:
        data = super().to_representation(instance)
        if not getattr(self.context["request"].user, "is_team", False):
            data.pop("stock", None)
        return data


class NestedVariantSerializer(VariantSerializer):
    """A variant in a product: with an `id`, one that exists; without, a new one."""

    id = serializers.UUIDField(required=False)


class StockMovementSerializer(StrictModelSerializer):
    """A change of the stock of a variant, after which it has `quantity`."""

    delta = StrictIntegerField(min_value=-MAX_QUANTITY, max_value=MAX_QUANTITY)

    class Meta:
        model = StockMovement
        fields = ["id", "delta", "reason", "quantity", "user", "created_at"]
        read_only_fields = ["quantity", "user", "created_at"]

    def validate_delta(self, delta: int) -> int:
        if not delta:
            raise serializers.ValidationError(_("This may not be 0."), code="zero")
        return delta
