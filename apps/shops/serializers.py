from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.api.fields import BoundedListField, StrictCharField, StrictModelSerializer
from apps.shops.currencies import validate_currency
from apps.shops.origins import PATTERN, parse_origin
from apps.shops.provisioning import open_shop
from apps.tenants.hosts import split_host
from apps.tenants.models import Tenant
from apps.tenants.validators import normalize_code, validate_code
from apps.users.models import Role
from apps.users.serializers import NewAccountSerializer


class CodeField(StrictCharField):
    """A shop's code, converted to lower case as in hostnames."""

    documented = {"pattern": r"^(?!..--)[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]$"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=63, validators=[validate_code], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return normalize_code(super().to_internal_value(data))


class OriginField(StrictCharField):
    """A web origin; see `parse_origin()`."""

    documented = {"pattern": PATTERN}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=255, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return parse_origin(super().to_internal_value(data))
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.message, code=error.code) from error


class OriginListField(BoundedListField):
    child = OriginField()
    documented = {"uniqueItems": True}


class ShopSerializer(StrictModelSerializer):
    """The public data of a shop, and for its owner the settings."""

    url = serializers.SerializerMethodField()
    currency = StrictCharField(
        max_length=3,
        required=False,
        validators=[validate_currency],
        help_text="A code of ISO 4217. Prices are integers in its minor unit.",
    )
    storefront_origins = OriginListField(
        max_length=20,
        required=False,
        help_text="Web origins that may call this API from a browser. Only the owner sees them.",
    )

    class Meta:
        model = Tenant
        fields = [
            "id",
            "code",
            "name",
            "url",
            "currency",
            "language",
            "weight_unit",
            "storefront_origins",
        ]
        read_only_fields = ["code"]

    def to_representation(self, instance: Tenant) -> dict[str, Any]:
        data = super().to_representation(instance)
        if getattr(self.context["request"].user, "role", "") != Role.OWNER:
            data.pop("storefront_origins", None)
        return data

    def validate_storefront_origins(self, origins: list[str]) -> list[str]:
        if len(set(origins)) != len(origins):
            raise serializers.ValidationError(_("An origin occurs twice."), code="duplicate")
        return origins

    def get_url(self, shop: Tenant) -> str:
        """Return the shop's URL, with the port of the request."""
        request = self.context["request"]
        _, port = split_host(request.META["HTTP_HOST"])
        return f"{settings.SITE_SCHEME}://{shop.hostname}{':' if port else ''}{port}/"


class OpenShopSerializer(ShopSerializer):
    code = CodeField()
    owner = NewAccountSerializer(write_only=True)

    class Meta(ShopSerializer.Meta):
        fields = ["id", "code", "name", "url", "language", "created_at", "owner"]
        read_only_fields = ["created_at"]
        extra_kwargs = {"language": {"write_only": True}}

    def create(self, validated_data: dict[str, Any]) -> Tenant:
        return open_shop(**validated_data, request=self.context["request"])


class AvailabilitySerializer(serializers.Serializer):
    code = serializers.CharField()
    available = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=["malformed", "reserved", "taken"], allow_null=True)
