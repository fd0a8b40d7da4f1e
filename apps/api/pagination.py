"""How lists come in pages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class TimelinePagination(CursorPagination):
    """`{"next", "previous", "results"}` by cursor: no COUNT, and no page shifts under a reader."""

    page_size_query_param = "page_size"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int | None:
        """Return the `page_size` asked for; raise ValidationError unless it is from 1 to 100."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if (
            not asked.isascii()
            or not asked.isdigit()
            or not 1 <= int(asked[:4]) <= self.max_page_size
        ):
            raise ValidationError({"page_size": f"From 1 to {self.max_page_size}."}, "out_of_range")
        return int(asked)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        # A cursor holds a value of the ordering column; a forged one may hold anything.
        try:
            return super().paginate_queryset(queryset, request, view)
        except (DjangoValidationError, DataError, ValueError) as error:
            raise _invalid_cursor() from error

    def get_ordering(self, *args: Any) -> tuple[str, ...]:
        ordering = tuple(super().get_ordering(*args))
        # Rows of equal value need an order too, or pages would overlap.
        return (*ordering, "-id" if ordering[0].startswith("-") else "id")

    def decode_cursor(self, request: Request) -> Any:
        cursor = request.query_params.get("cursor", "")
        if "\x00" in cursor or len(cursor) > self.longest_cursor:
            raise _invalid_cursor()
        try:
            decoded = super().decode_cursor(request)
        except Exception as error:
            raise _invalid_cursor() from error
        if decoded is not None and "\x00" in str(decoded.position):
            raise _invalid_cursor()
        return decoded

    longest_cursor = 2_000


def _invalid_cursor() -> ValidationError:
    return ValidationError({"cursor": "This cursor is none of ours."}, "invalid_cursor")
