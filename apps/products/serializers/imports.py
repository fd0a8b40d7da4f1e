from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.products.models import ImportMessage, ProductImport

#: The most errors, and the most warnings, in a response.
MAX_MESSAGES = 100


class ImportFileSerializer(serializers.Serializer):
    file = serializers.FileField(max_length=255)


class ImportIdSerializer(serializers.Serializer):
    id = serializers.UUIDField()


class ImportMessageSerializer(serializers.ModelSerializer):
    column = serializers.CharField(source="column_name")
    detail = serializers.CharField()

    class Meta:
        model = ImportMessage
        fields = ["line", "column", "code", "detail"]


class ProductImportSerializer(serializers.ModelSerializer):
    """An import: `done`, `total` and `failed` count rows of the file, the others products."""

    dry_run = serializers.BooleanField(source="is_dry_run")

    class Meta:
        model = ProductImport
        fields = [
            "id",
            "status",
            "filename",
            "dry_run",
            "done",
            "total",
            "created",
            "updated",
            "unchanged",
            "failed",
            "created_at",
            "finished_at",
        ]


class ProductImportDetailSerializer(ProductImportSerializer):
    """An import with its first 100 errors and warnings, and the numbers of the others."""

    def get_fields(self) -> dict[str, Any]:
        # `errors` is an attribute of serializers and cannot be declared.
        return super().get_fields() | {
            "errors": ImportMessageSerializer(many=True, read_only=True),
            "more_errors": serializers.IntegerField(read_only=True),
            "warnings": ImportMessageSerializer(many=True, read_only=True),
            "more_warnings": serializers.IntegerField(read_only=True),
        }

    def to_representation(self, instance: ProductImport) -> dict[str, Any]:
        for level in ImportMessage.Level:
            messages = instance.messages.filter(level=level).order_by("line", "id")
            setattr(instance, f"{level}s", messages[:MAX_MESSAGES])
            setattr(instance, f"more_{level}s", max(0, messages.count() - MAX_MESSAGES))
        return super().to_representation(instance)
