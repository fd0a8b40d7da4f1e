"""Reading the rows of a list without instances of models and of serializers.

A plan is compiled once for each serializer class whose every field reads one column. It selects
these columns by `values_list()`, and makes of a row what the serializer makes of an instance. Where
there is no plan, REST framework serializes instances, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from rest_framework import serializers
from rest_framework.fields import Field
from rest_framework.relations import PrimaryKeyRelatedField, RelatedField

#: Fields that show the values of their columns as they are.
_AS_THEY_ARE = (
    serializers.CharField,
    serializers.BooleanField,
    serializers.IntegerField,
    serializers.ChoiceField,
    serializers.JSONField,
)
#: Fields of ids, which are selected as text: to parse and format them takes longer.
_IDS = (serializers.UUIDField, PrimaryKeyRelatedField)
_TIMES = (serializers.DateTimeField,)
_KNOWN = (*_AS_THEY_ARE, *_IDS, *_TIMES)


class NotPlannable(Exception):
    """A field needs an instance."""


class ColumnField(serializers.ReadOnlyField):
    """A read-only field that shows the column named by `source` in another form."""

    def to_representation(self, value: Any) -> Any:
        return self.represent(value, self.context)

    def represent(self, value: Any, context: Mapping[str, Any]) -> Any:
        """Return what a response has for a value that is not None."""
        raise NotImplementedError


class ConstantField(serializers.ReadOnlyField):
    """A read-only field that is the same in all rows of a response."""

    def get_attribute(self, instance: Any) -> Any:
        return self.get_constant()

    def get_constant(self) -> Any:
        raise NotImplementedError


class ReadPlan:
    """The columns of a serializer's fields, and their conversion; see `plan_of()`."""

    def __init__(self, serializer: serializers.Serializer[Any]) -> None:
        """Raise NotPlannable for a serializer that needs instances."""
        if _overrides(serializer, "to_representation", [serializers.Serializer]):
            raise NotPlannable
        self._fields: list[Any] = list(serializer._readable_fields)
        self._columns = [field for field in self._fields if not isinstance(field, ConstantField)]
        #: The arguments of `values_list()`.
        self.columns = [_column_of(field) for field in self._columns]

    def represent(
        self, rows: Iterable[tuple[Any, ...]], context: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Return the representations of rows, which begin with the columns of the plan."""
        template = {
            field.field_name: field.get_constant() if isinstance(field, ConstantField) else None
            for field in self._fields
        }
        names = [field.field_name for field in self._columns]
        converters = [
            (field.field_name, converter)
            for field in self._columns
            if (converter := _converter(field, context)) is not None
        ]
        representations = []
        for row in rows:
            values = {**template, **dict(zip(names, row, strict=False))}
            for name, convert in converters:
                if values[name] is not None:
                    values[name] = convert(values[name])
            representations.append(values)
        return representations


_plans: dict[type, ReadPlan | None] = {}


def plan_of(serializer_class: type[serializers.Serializer[Any]]) -> ReadPlan | None:
    """Return the plan of a serializer class, or None if it needs instances."""
    if serializer_class not in _plans:
        try:
            _plans[serializer_class] = ReadPlan(serializer_class())
        except NotPlannable:
            _plans[serializer_class] = None
    return _plans[serializer_class]


def _column_of(field: Any) -> Any:
    """Return the column of a field; raise NotPlannable if the field needs an instance."""
    if field.source == "*" or _overrides(field, "get_attribute", [Field, RelatedField]):
        raise NotPlannable
    column = "__".join(field.source_attrs)
    if isinstance(field, ColumnField):
        return column
    if not isinstance(field, _KNOWN) or _overrides(field, "to_representation", _KNOWN):
        raise NotPlannable
    return Cast(column, TextField()) if isinstance(field, _IDS) else column


def _overrides(instance: Any, method: str, classes: Iterable[type]) -> bool:
    return all(getattr(type(instance), method) is not getattr(each, method) for each in classes)


def _converter(field: Any, context: Mapping[str, Any]) -> Callable[[Any], Any] | None:
    if isinstance(field, ColumnField):
        return lambda value: field.represent(value, context)
    return _as_text if isinstance(field, _TIMES) else None


def _as_text(moment: datetime) -> str:
    """Return a time as REST framework formats it; the database gives it in UTC."""
    return moment.isoformat().removesuffix("+00:00") + "Z"
