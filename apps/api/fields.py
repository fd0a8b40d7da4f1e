from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.utils.formatting import lazy_format

#: Matches text that is not blank, as `str.strip()` sees it, in all dialects of regular expressions.
NOT_BLANK = r"[^\s\x1c-\x1f\x85]"


class StrictCharField(serializers.CharField):
    """A string; unlike DRF's field, it does not convert numbers.

    The OpenAPI schema of the field is updated with `documented`.
    """

    documented: ClassVar[dict[str, Any]] = {}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        # The length before trimming, as in the OpenAPI document.
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """`true` or `false`; unlike DRF's field, it does not convert numbers and strings."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    """An integer; unlike DRF's field, it does not convert strings, floats and booleans."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class BoundedListField(serializers.ListField):
    """A list whose length is checked before its items are validated."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > (self.max_length or 0):
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


_fields: dict[type, dict[str, Any]] = {}


#: Where fields keep the field of their items.
_CHILDREN = ("child", "child_relation")


def _prepare(field: Any) -> Any:
    """Let copies of a new field share its validators."""
    for name in _CHILDREN:
        if child := getattr(field, name, None):
            _prepare(child)
    # Those of a serializer depend on its fields, and belong to each of its copies.
    for validator in [] if isinstance(field, serializers.BaseSerializer) else field.validators:
        message = getattr(validator, "message", None)
        if isinstance(message, lazy_format) and message.format_string:
            # It would keep the language in which it is first read.
            validator.message = format_lazy(message.format_string, *message.args, **message.kwargs)
    return field


def _copy_of(field: Any) -> Any:
    # To copy the attributes is many times as fast as to create the field again.
    clone = object.__new__(type(field))
    attributes = clone.__dict__
    attributes.update(field.__dict__)
    for name in _CHILDREN:
        if name in attributes:
            child = attributes[name] = _copy_of(attributes[name])
            child.parent = clone
    return clone


class StrictModelSerializer(serializers.ModelSerializer):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: StrictCharField,
        models.TextField: StrictCharField,
        models.BooleanField: StrictBooleanField,
        models.BigIntegerField: StrictIntegerField,
        models.PositiveIntegerField: StrictIntegerField,
    }

    def get_fields(self) -> dict[str, Any]:
        """Return copies of the fields, which are built once for each class."""
        if type(self) not in _fields:
            fields = super().get_fields()
            _fields[type(self)] = {name: _prepare(field) for name, field in fields.items()}
        return {name: _copy_of(field) for name, field in _fields[type(self)].items()}

    def get_validators(self) -> list[Any]:
        """Return those of Meta. Constraints of tables contain the tenant, which is no field."""
        return list(getattr(self.Meta, "validators", []))

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Save only the given fields, so that concurrent changes of other fields are kept."""
        for name, value in validated_data.items():
            setattr(instance, name, value)
        timestamps = [f.name for f in instance._meta.fields if getattr(f, "auto_now", False)]
        instance.save(update_fields=[*validated_data, *timestamps])
        return instance


class CompleteMixin:
    """A nested serializer whose required members are required in a partial update, too."""

    def to_internal_value(self: Any, data: Any) -> Any:
        if isinstance(data, Mapping):
            missing = [name for name, f in self.fields.items() if f.required and name not in data]
            if missing:
                required = ErrorDetail(_("This field is required."), "required")
                raise serializers.ValidationError({name: [required] for name in missing})
        return super().to_internal_value(data)  # type: ignore[misc]  # of the serializer
