from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from apps.api.read_plans import ReadPlan
from apps.tenants.compiled import CompiledQuery
from apps.tenants.context import get_active_tenant_id

_SHORT_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)


_first_pages: dict[tuple[type, Hashable, str], CompiledQuery] = {}


@dataclass(frozen=True)
class Position:
    """The position in a list after (backward: before) the row with this value and id."""

    ordering: str
    value: str
    id: str
    is_backward: bool


class KeysetPagination(CursorPagination):
    """Keyset pagination by the ordering column and the id, without COUNT and OFFSET.

    Pages do not shift when rows are inserted or deleted. Cursors are signed for one tenant.
    """

    page_size_query_param = "page_size"
    max_page_size = 100

    order: str
    order_field: Any
    page: list[Any]
    base_url: str
    next: Position | None
    previous: Position | None

    def get_page_size(self, request: Request) -> int | None:
        text = request.query_params.get("page_size")
        if text is None:
            return self.page_size
        size = int(text) if _SHORT_NUMBER.fullmatch(text) else 0
        if not 1 <= size <= self.max_page_size:
            raise ValidationError({"page_size": f"From 1 to {self.max_page_size}."}, "out_of_range")
        return size

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None, plan: ReadPlan | None = None
    ) -> list[Any]:
        """Return the rows of the page: instances or, with `plan`, tuples for it."""
        size = self.get_page_size(request) or 1
        [self.order] = self.get_ordering(request, queryset, view)[:1]
        self.order_field = self._field(queryset)
        position = self._position(request)
        selected = self._select(self._after(queryset, position), plan)
        return self._turn_to(position, list(selected[: size + 1]), size, request)

    def paginate_first(
        self, queryset: Callable[[], Any], request: Request, view: Any, plan: ReadPlan
    ) -> list[Any]:
        """Return the rows of a first page of the default size, as tuples for `plan`.

        The statement is compiled once for each order and each `view.get_statement_key()`.
        """
        size = self.page_size or 1
        [self.order] = self.get_ordering(request, view.queryset, view)[:1]
        key = (type(view), view.get_statement_key(), self.order)
        if key not in _first_pages:
            selected = self._select(self._after(queryset(), None), plan)[: size + 1]
            _first_pages[key] = CompiledQuery(lambda: selected)
        return self._turn_to(None, _first_pages[key].rows(), size, request)

    def _select(self, queryset: Any, plan: ReadPlan | None) -> Any:
        if plan is None:
            return queryset
        name = self.order.removeprefix("-")
        pk = Cast("pk", TextField())
        return queryset.prefetch_related(None).values_list(*plan.columns, F(name), pk)

    def _turn_to(
        self, position: Position | None, rows: list[Any], size: int, request: Request
    ) -> list[Any]:
        """Return the page at `position`, of `rows` that may have one more, and set its links."""
        is_backward = position is not None and position.is_backward
        has_more, rows = len(rows) > size, rows[:size]
        self.page = rows[::-1] if is_backward else rows
        self.base_url = request.build_absolute_uri()
        self.next = self.previous = None
        if rows and (is_backward or has_more):
            self.next = self._position_of(self.page[-1], is_backward=False)
        if rows and (has_more if is_backward else position):
            self.previous = self._position_of(self.page[0], is_backward=True)
        if position and not rows:  # deleted meanwhile: only the opposite direction is left
            opposite = self._reversed(position)
            self.next, self.previous = (opposite, None) if is_backward else (None, opposite)
        return self.page

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> Any:
        """Return the order that the client chose, or that of a view without a choice."""
        has_choice = any(hasattr(backend, "get_ordering") for backend in view.filter_backends)
        return super().get_ordering(request, queryset, view) if has_choice else view.ordering

    def get_next_link(self) -> str | None:
        return self._link(self.next) if self.next else None

    def get_previous_link(self) -> str | None:
        return self._link(self.previous) if self.previous else None

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor, page_size = super().get_schema_operation_parameters(view)
        limits = {"type": "integer", "minimum": 1, "maximum": self.max_page_size}
        return [cursor, page_size | {"schema": limits}]

    def _after(self, queryset: Any, position: Position | None) -> Any:
        name = self.order.removeprefix("-")
        is_backward = position is not None and position.is_backward
        sign, beyond = ("-", "lt") if self._descends(is_backward=is_backward) else ("", "gt")
        if position is not None:
            # The first condition is implied by the second, and lets PostgreSQL use the index.
            queryset = queryset.filter(**{f"{name}__{beyond}e": position.value}).filter(
                Q(**{f"{name}__{beyond}": position.value}) | Q(**{f"id__{beyond}": position.id})
            )
        return queryset.order_by(f"{sign}{name}", f"{sign}id")

    def _descends(self, *, is_backward: bool) -> bool:
        return self.order.startswith("-") is not is_backward

    def _reversed(self, position: Position) -> Position:
        """Return the position in the opposite direction whose page begins with the same row."""
        is_backward = not position.is_backward
        outermost = UUID(int=2**128 - 1 if self._descends(is_backward=is_backward) else 0)
        return Position(self.order, position.value, str(outermost), is_backward)

    def _position(self, request: Request) -> Position | None:
        text = request.query_params.get(self.cursor_query_param)
        if not text:
            return None
        try:
            position = Position(*_signer().unsign_object(text))
            if position.ordering != self.order or not isinstance(position.value, str):
                raise _invalid_cursor()
            self.order_field.to_python(position.value)
            UUID(str(position.id))
            # PostgreSQL cannot compare with NUL, nor with lone surrogates, which encode() rejects.
            if b"\x00" in position.value.encode():
                raise _invalid_cursor()
        except (signing.BadSignature, TypeError, ValueError, DjangoValidationError) as error:
            raise _invalid_cursor() from error
        return position

    def _position_of(self, row: Any, *, is_backward: bool) -> Position:
        if isinstance(row, tuple | list):
            *_, value, pk = row
        else:
            value, pk = getattr(row, self.order.removeprefix("-")), row.pk
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        return Position(self.order, text, str(pk), is_backward)

    def _field(self, queryset: Any) -> Any:
        """Return the field to order by, of the model or of an annotation that has its name."""
        name = self.order.removeprefix("-")
        annotation = queryset.query.annotations.get(name)
        return annotation.output_field if annotation else queryset.model._meta.get_field(name)

    def _link(self, position: Position) -> str:
        cursor = _signer().sign_object(astuple(position))
        return replace_query_param(self.base_url, self.cursor_query_param, cursor)


def _signer() -> signing.Signer:
    # Without a timestamp: the same page has the same bytes.
    return signing.Signer(salt=f"apps.api.pagination:{get_active_tenant_id()}")


def _invalid_cursor() -> ValidationError:
    return ValidationError({"cursor": _("Invalid cursor for this list.")}, "invalid_cursor")
