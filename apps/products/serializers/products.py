from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import Model, TextField
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.fields import Field

from apps.api.fields import (
    BoundedListField,
    CompleteMixin,
    StrictCharField,
    StrictModelSerializer,
)
from apps.api.problems import CODE_IN_USE
from apps.api.read_plans import ColumnField
from apps.products.editing import create_product, edit_product
from apps.products.html import clean_html
from apps.products.models import MAX_OPTIONS, MAX_VARIANTS, Option, Product
from apps.products.serializers.images import FirstImageField, NestedImageSerializer
from apps.products.serializers.variants import CurrencyField, NestedVariantSerializer
from apps.tenants.compiled import CompiledQuery, Parameter
from apps.tenants.validators import validate_title

MAX_TAGS = 250
MAX_IMAGES = 500
MAX_BULK = 100


@cache
def _rows_with(model: type[Model]) -> CompiledQuery:
    """Return the query of the ids of rows by their `code`."""
    rows: Any = model._default_manager
    return CompiledQuery(lambda: rows.filter(code=Parameter("code", TextField())).values_list("pk"))


class UniqueCode:
    """Refuses a changed code that another row of the shop has.

    REST framework has no validator for (tenant, code), because `tenant` is not a field. The code
    of a new row is refused by the unique key; see CODE_CONSTRAINTS and NewCodeMixin.
    """

    requires_context = True

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def __call__(self, code: str, field: Field[Any, Any, Any, Any]) -> None:
        own = getattr(field.parent, "instance", None)
        if own is None or own.code == code:
            return
        if _rows_with(self.model).rows(code=code):
            raise serializers.ValidationError(CODE_IN_USE, "unique")


class NewCodeMixin:
    """Reports a code in use beside the other errors of a new row.

    A valid body needs no query for that: the unique key refuses its code.
    """

    def to_internal_value(self: Any, data: Any) -> Any:
        try:
            return super().to_internal_value(data)  # type: ignore[misc]  # of the serializer
        except serializers.ValidationError as error:
            detail: Any = error.detail
            has_code = isinstance(data, Mapping) and "code" in data.keys() - detail.keys()
            if has_code and self.instance is None:
                code = self.fields["code"].run_validation(data["code"])
                if _rows_with(self.Meta.model).rows(code=code):
                    detail["code"] = [ErrorDetail(str(CODE_IN_USE), "unique")]
            raise


class CodeField(StrictCharField):
    """The last part of an address, in Unicode's normal form C."""

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        super().__init__(max_length=255, validators=[validate_title, UniqueCode(model)], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        code = unicodedata.normalize("NFC", super().to_internal_value(data))
        if {".", ".."} & set(code.split("/")):
            # Browsers would remove them from the address of its page.
            raise serializers.ValidationError(_("A part may not be . or .. alone."), "invalid_code")
        return code


class HTMLField(StrictCharField):
    """HTML, of which only safe elements and attributes are kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100_000, required=False, allow_blank=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return clean_html(super().to_internal_value(data))


class TagsField(BoundedListField):
    child = StrictCharField(max_length=255)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_TAGS, **kwargs)

    def to_representation(self, data: Any) -> list[str]:
        return sorted(tag.name for tag in data.all())


class ValuesField(BoundedListField):
    child = StrictCharField(max_length=255)

    def to_representation(self, data: Any) -> list[str]:
        return [value.name for value in data.all()]


class OptionSerializer(CompleteMixin, StrictModelSerializer):
    name = StrictCharField(max_length=255)
    values = ValuesField(max_length=MAX_VARIANTS)

    class Meta:
        model = Option
        fields = ["name", "values"]


class ProductSerializer(NewCodeMixin, StrictModelSerializer):
    """A product with its options, variants and images.

    A list in a body replaces the present one, and an absent list is left as it is. A product
    without variants in its body gets one.
    """

    code = CodeField(Product)
    description = HTMLField()
    tags = TagsField(required=False)
    currency = CurrencyField()
    options = OptionSerializer(many=True, required=False, max_length=MAX_OPTIONS)  # type: ignore[call-arg]  # of the list
    variants = NestedVariantSerializer(  # type: ignore[call-arg]  # of the list
        many=True, required=False, allow_empty=False, max_length=MAX_VARIANTS
    )
    images = NestedImageSerializer(  # type: ignore[call-arg]  # of the list
        many=True, required=False, max_length=MAX_IMAGES
    )

    class Meta:
        model = Product
        fields = [
            "id",
            "name",
            "code",
            "description",
            "vendor",
            "product_type",
            "tags",
            "status",
            "is_gift_card",
            "currency",
            "options",
            "variants",
            "images",
            "added_by",
            "added_on",
            "updated_on",
        ]
        read_only_fields = ["added_by", "added_on", "updated_on"]

    #: True after update() if it has changed anything.
    is_changed = False

    def create(self, validated_data: dict[str, Any]) -> Product:
        """Return a product that is inserted once the given `batch` is sent."""
        batch = validated_data.pop("batch")
        return create_product(validated_data, user=self.context["request"].user, batch=batch)

    def update(self, instance: Product, validated_data: dict[str, Any]) -> Product:
        user = self.context["request"].user
        self.is_changed = edit_product(instance, validated_data, user=user)
        return Product.objects.with_details().get(pk=instance.pk)


@extend_schema_field(TagsField())
class TagNamesField(ColumnField):
    """The names of the tags, from a column that has them."""

    def represent(self, value: list[str], context: Mapping[str, Any]) -> list[str]:
        return value


class ProductSummarySerializer(serializers.ModelSerializer):
    """A product in a list, with the price of its first variant and its first image.

    Reads the columns that `with_summary()` adds.
    """

    tags = TagNamesField(source="tag_names")
    price = serializers.IntegerField(
        allow_null=True, help_text="In minor units of the currency, of the first variant."
    )
    compare_at_price = serializers.IntegerField(allow_null=True)
    currency = CurrencyField()
    in_stock = serializers.BooleanField()
    image = FirstImageField(
        source="first_image", allow_null=True, help_text="The first image that is ready."
    )

    class Meta:
        model = Product
        fields = [
            "id",
            "name",
            "code",
            "description",
            "vendor",
            "product_type",
            "tags",
            "status",
            "is_gift_card",
            "price",
            "compare_at_price",
            "currency",
            "in_stock",
            "image",
            "added_by",
            "added_on",
            "updated_on",
        ]
        read_only_fields = fields


class BulkUpdateSerializer(serializers.Serializer):
    """The same status for many products."""

    ids = BoundedListField(child=serializers.UUIDField(), allow_empty=False, max_length=MAX_BULK)
    status = serializers.ChoiceField(Product.Status.choices)
