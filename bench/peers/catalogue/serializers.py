from __future__ import annotations

from django.conf import settings
from django.db import transaction
from rest_framework import serializers
from shop.models import Image, Product, ProductTag, StockItem, Variant

WIDTHS = (160, 480, 960, 1200)


class ImageSerializer(serializers.ModelSerializer):
    urls = serializers.SerializerMethodField()

    class Meta:
        model = Image
        fields = ["id", "alt", "status", "error", "source_url", "width", "height", "color", "urls"]

    def get_urls(self, image):
        base = f"http://media.localhost/media/{image.content_hash}"
        return {str(width): f"{base}/{width}.webp" for width in WIDTHS if width <= image.width}


class ProductSerializer(serializers.ModelSerializer):
    tags = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    price = serializers.IntegerField(read_only=True)
    compare_at_price = serializers.IntegerField(
        source="default_variant.compare_at_price", read_only=True
    )
    currency = serializers.SerializerMethodField()
    in_stock = serializers.BooleanField(read_only=True)
    image = ImageSerializer(source="first_image", read_only=True)

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
        read_only_fields = ["added_by", "added_on", "updated_on"]

    def get_currency(self, product):
        return settings.CURRENCY


class NewProductSerializer(serializers.ModelSerializer):
    """A product with its tags and one variant."""

    tags = serializers.ListField(child=serializers.CharField(max_length=255))
    price = serializers.IntegerField(min_value=0)
    stock = serializers.IntegerField()

    class Meta:
        model = Product
        fields = ["name", "code", "description", "vendor", "product_type", "status"]
        fields += ["tags", "price", "stock"]

    @transaction.atomic
    def create(self, validated_data):
        tags, price, stock = (validated_data.pop(name) for name in ("tags", "price", "stock"))
        product = Product.objects.create(**validated_data)
        variant = Variant.objects.create(product=product, price=price)
        StockItem.objects.create(variant=variant, quantity=stock)
        ProductTag.objects.bulk_create(ProductTag(product=product, name=name) for name in tags)
        product.default_variant = variant
        product.save(update_fields=["default_variant"])
        product.price, product.in_stock, product.first_images = price, stock > 0, []
        return product

    def to_representation(self, instance):
        return ProductSerializer(instance, context=self.context).data
