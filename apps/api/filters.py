"""How lists are ordered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request


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
