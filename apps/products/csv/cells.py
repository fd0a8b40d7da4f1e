"""The cells of one row, parsed, with a finding for each that is not what its column requires."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as _

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.findings import Finding, RowError, RowWarning
from apps.products.csv.money import decimal_mark_in_amount, parse_amount
from apps.products.csv.numbers import decimal_mark_in
from apps.products.csv.records import Value
from apps.products.csv.values import (
    clean_text,
    parse_barcode,
    parse_boolean,
    parse_description,
    parse_integer,
    parse_status,
    parse_tags,
    parse_title,
    parse_url,
    parse_weight,
)

PRICES = ("price", "compare_at_price")
_NUMBERS = ("weight", "stock")
#: Cells that are left out alone when they are invalid; the others refuse their row.
_DISPENSABLE = {"barcode", "image_url", "variant_image", "image_position", "image_alt"}
MAX_ALT = 512


@dataclass
class Format:
    """Properties of the whole file: its currency, decimal marks and names of columns."""

    currency: str
    columns: Mapping[str, str] = field(default_factory=dict)
    price_marks: set[str] = field(default_factory=set)
    number_marks: set[str] = field(default_factory=set)

    def learn(self, cells: Mapping[str, str]) -> None:
        """Note which decimal marks the numbers of a row prove the file to use."""
        for name in PRICES:
            if mark := decimal_mark_in_amount(cells.get(name, ""), self.currency):
                self.price_marks.add(mark)
        for name in _NUMBERS:
            if mark := decimal_mark_in(cells.get(name, "").rstrip("kglbsoz ")):
                self.number_marks.add(mark)

    def parse(self, name: str, text: str) -> Value:
        """Return the value of a cell; raise InvalidValue."""
        if name in PRICES:
            mark = _only(self.price_marks)
            return parse_amount(text, self.currency, mark) if text.strip() else None
        if name == "weight":
            return parse_weight(text, decimal_mark=_only(self.number_marks))
        if name == "stock":
            return parse_integer(text, _only(self.number_marks))
        return _PARSERS.get(name, clean_text)(text)


class RowCells:
    """The cells of a row. Findings are added to `findings`, and errors set `is_refused`."""

    def __init__(
        self, line: int, cells: Mapping[str, str], form: Format, findings: list[Finding]
    ) -> None:
        self.line = line
        self.is_refused = False
        self._cells = cells
        self._format = form
        self._findings = findings

    def has(self, name: str) -> bool:
        return name in self._cells

    def text(self, name: str) -> str:
        return self._cells.get(name, "").strip()

    def parse(self, name: str) -> Value:
        """Return the value of a cell, or None after an error."""
        try:
            return self._format.parse(name, self._cells.get(name, ""))
        except InvalidValue as error:
            self.error(name, error.code, error.message, **error.params)
            return None

    def parse_all(self, names: tuple[str, ...]) -> dict[str, Value]:
        """Return the values of the cells that the row has and that are valid."""
        values: dict[str, Value] = {}
        for name in names:
            errors = len(self._findings)
            if self.has(name):
                value = self.parse(name)
                if len(self._findings) == errors:
                    values[name] = value
        return values

    def error(self, name: str, code: str, message: str, /, **params: Any) -> None:
        self.is_refused |= name not in _DISPENSABLE
        self._findings.append(RowError(self.line, self._column(name), code, message, params))

    def warn(self, name: str, code: str, message: str) -> None:
        self._findings.append(RowWarning(self.line, self._column(name), code, message))

    def _column(self, name: str) -> str:
        return self._format.columns.get(name, name)


def _only(marks: set[str]) -> str | None:
    return next(iter(marks)) if len(marks) == 1 else None


def parse_policy(text: str) -> Value:
    """Return a stock policy; Shopify writes deny or continue, or FALSE or TRUE."""
    word = text.strip().casefold()
    if word in {"", "deny", "continue", "untracked"}:
        return word or None
    try:
        return "continue" if parse_boolean(text) else "deny"
    except InvalidValue:
        raise InvalidValue(
            "unknown_policy", _("“%(text)s” is neither deny nor continue."), text=text[:40]
        ) from None


def _parse_position(text: str) -> Value:
    position = parse_integer(text)
    if position is not None and position < 1:
        raise InvalidValue("not_a_position", _("A position is a whole number from 1 on."))
    return position


_PARSERS: dict[str, Callable[[str], Value]] = {
    "name": parse_title,
    "description": parse_description,
    "tags": parse_tags,
    "status": parse_status,
    "published": parse_boolean,
    "gift_card": parse_boolean,
    "barcode": parse_barcode,
    "stock_policy": parse_policy,
    "requires_shipping": parse_boolean,
    "taxable": parse_boolean,
    "image_url": parse_url,
    "variant_image": parse_url,
    "image_alt": lambda text: clean_text(text, MAX_ALT),
    "image_position": _parse_position,
}
