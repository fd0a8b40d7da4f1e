"""Filter backends that return 400 for invalid parameters instead of ignoring them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db import models
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request

from apps.api.fields import NOT_BLANK


@extend_schema_field({"type": "string", "pattern": NOT_BLANK})
class StrictCharFilter(django_filters.CharFilter):
    pass


@extend_schema_field({"type": "boolean"})
class StrictBooleanFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", **kwargs)


class StrictFilterSet(FilterSet):
    FILTER_DEFAULTS = {
        **FilterSet.FILTER_DEFAULTS,
        models.BooleanField: {"filter_class": StrictBooleanFilter},
        models.CharField: {"filter_class": StrictCharFilter},
        models.EmailField: {"filter_class": StrictCharFilter},
        # By UUID: an unknown id returns an empty list without an extra query.
        models.ForeignKey: {"filter_class": django_filters.UUIDFilter},
    }


_filterset_classes: dict[tuple[type, tuple[str, ...]], type[FilterSet] | None] = {}


class StrictFilterBackend(DjangoFilterBackend):
    """`?field=value` for the `filterset_fields` of the view."""

    filterset_base = StrictFilterSet

    def get_filterset_class(self, view: Any, queryset: Any = None) -> Any:
        """Return the class of the view, which is built once."""
        fields = getattr(view, "filterset_fields", None)
        key = (type(view), tuple(fields or ()))
        if key not in _filterset_classes:
            _filterset_classes[key] = super().get_filterset_class(view, queryset)
        return _filterset_classes[key]

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filterset_class = self.get_filterset_class(view, queryset)
        names = filterset_class.base_filters if filterset_class else {}
        given = [name for name in names if name in request.query_params]
        for name in given:
            if not request.query_params[name].strip():
                raise ValidationError({name: "This may not be empty."}, "blank")
        return super().filter_queryset(request, queryset, view) if given else queryset


class LimitedSearchFilter(SearchFilter):
    """`?search=` with limits, because each word makes the database scan all rows."""

    search_param: str
    max_length = 100
    max_words = 8

    def get_search_terms(self, request: Request) -> list[str]:
        text = request.query_params.get(self.search_param, "")
        terms = super().get_search_terms(request) if len(text) <= self.max_length else None
        if terms is None or len(terms) > self.max_words:
            limits = _("At most %(length)s characters and %(words)s words.") % {
                "length": self.max_length,
                "words": self.max_words,
            }
            raise ValidationError({self.search_param: limits}, "too_long")
        return terms

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        [parameter] = super().get_schema_operation_parameters(view)
        return [parameter | {"schema": {"type": "string", "maxLength": self.max_length}}]


class StrictOrderingFilter(OrderingFilter):
    """`?ordering=` by one of the `ordering_fields` of the view; `-` means descending."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> Any:
        if request.query_params.get(self.ordering_param) == "":
            return self.remove_invalid_fields(queryset, [""], view, request)
        return super().get_ordering(request, queryset, view)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        [parameter] = super().get_schema_operation_parameters(view)
        names = [f"{sign}{name}" for name in view.ordering_fields for sign in ("", "-")]
        return [parameter | {"schema": {"type": "string", "enum": names}}]

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
