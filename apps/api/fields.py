"""What a body's values have to be: of the type that the OpenAPI document says, not like it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers

#: What text is more than space: a pattern that every dialect reads as Python's `str.strip()` does.
NOT_BLANK = r"[^\s\x1c-\x1f\x85]"


class StrictCharField(serializers.CharField):
    """A string. REST framework would make one of numbers.

    `documented` is what the OpenAPI document says of its values besides.
    """

    documented: ClassVar[dict[str, Any]] = {}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        # Before the space around it is cut off, as the document measures it.
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """`true` or `false`. REST framework would read numbers and a dozen words."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictModelSerializer(serializers.ModelSerializer):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: StrictCharField,
        models.TextField: StrictCharField,
        models.BooleanField: StrictBooleanField,
    }

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Save the given fields alone: no other value that was read is written back."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        stamps = [
            field.name for field in instance._meta.fields if getattr(field, "auto_now", False)
        ]
        instance.save(update_fields=[*validated_data, *stamps])
        return instance
