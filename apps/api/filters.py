"""How lists are filtered and ordered: as asked, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db import models
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request


class StrictBooleanFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`; anything else is a 400 and not everything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", **kwargs)


class StrictFilterSet(FilterSet):
    FILTER_DEFAULTS = {
        **FilterSet.FILTER_DEFAULTS,
        models.BooleanField: {"filter_class": StrictBooleanFilter},
    }


class StrictFilterBackend(DjangoFilterBackend):
    """`?field=value` for the view's `filterset_fields`; a value that cannot be is a 400."""

    filterset_base = StrictFilterSet


class StrictOrderingFilter(OrderingFilter):
    """`?ordering=` by one of the view's `ordering_fields`, `-` for descending; else a 400."""

    def remove_invalid_fields(
        self, queryset: Any, fields: Iterable[str], view: Any, request: Request
    ) -> list[str]:
        fields = list(fields)
        valid = super().remove_invalid_fields(queryset, fields, view, request)
        if len(valid) != 1 or valid != fields:
            names = ", ".join(view.ordering_fields)
            raise ValidationError(
                {"ordering": f"One of {names}, or with a - before it."}, "invalid"
            )
        return valid
