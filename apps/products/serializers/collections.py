from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.api.fields import (
    BoundedListField,
    CompleteMixin,
    StrictCharField,
    StrictIntegerField,
    StrictModelSerializer,
)
from apps.products.models import Collection, Product
from apps.products.rules import AMOUNTS, CONDITIONS, MATCHES, MAX_CONDITIONS
from apps.products.serializers.products import CodeField, HTMLField, NewCodeMixin
from apps.products.serializers.variants import AmountField

MAX_PLACES = 1_000


class ConditionSerializer(CompleteMixin, serializers.Serializer):
    field = serializers.ChoiceField([*CONDITIONS])
    value = serializers.JSONField(help_text="A text, or an amount in minor units.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        field = AmountField() if attrs["field"] in AMOUNTS else StrictCharField(max_length=255)
        try:
            attrs["value"] = field.run_validation(attrs["value"])
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"value": error.detail}) from error
        return attrs


class RulesSerializer(serializers.Serializer):
    """The products that fulfil all or any of the conditions."""

    match = serializers.ChoiceField([*MATCHES], default="all")
    conditions = ConditionSerializer(  # type: ignore[call-arg]  # of the list
        many=True, required=False, max_length=MAX_CONDITIONS
    )

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return {"match": "all", "conditions": [], **instance}


class CollectionSerializer(NewCodeMixin, StrictModelSerializer):
    """A collection of `kind` manual, whose products are added, or of rules."""

    code = CodeField(Collection)
    description = HTMLField()
    rules = RulesSerializer(required=False)

    class Meta:
        model = Collection
        fields = [
            "id",
            "name",
            "code",
            "description",
            "kind",
            "rules",
            "published",
            "added_on",
            "updated_on",
        ]
        read_only_fields = ["added_on", "updated_on"]

    def create(self, validated_data: dict[str, Any]) -> Collection:
        return Collection.objects.create(**validated_data)


class ProductField(serializers.PrimaryKeyRelatedField):
    """The id of a product; another shop's is like one that does not exist."""

    default_error_messages = {"does_not_exist": _("Unknown product.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Product.objects.all(), **kwargs)


class PlaceSerializer(serializers.Serializer):
    """A product to be added to a collection, at its end or at a position from 0."""

    product = ProductField()
    position = StrictIntegerField(min_value=0, max_value=MAX_PLACES, required=False)


class PlacesSerializer(serializers.Serializer):
    """All products of a manual collection, in order."""

    products = BoundedListField(child=serializers.UUIDField(), max_length=MAX_PLACES)
