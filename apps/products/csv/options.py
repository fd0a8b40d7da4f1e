from __future__ import annotations

from django.utils.translation import gettext_noop as _

from apps.products.csv.cells import RowCells
from apps.products.csv.records import MAX_OPTIONS

Values = tuple[str, ...]

#: What Shopify writes for a product without options.
PLACEHOLDER = ("Title", "Default Title")


class OptionNames:
    """The options of one product, named by the first of its rows that names any."""

    def __init__(self) -> None:
        self.is_present = False
        self._names: dict[int, str] = {}
        self._seen: dict[Values, int] = {}
        self._values: list[Values] = []

    def read_names(self, row: RowCells) -> None:
        """Take the names from a row, or add an error if it contradicts an earlier one."""
        slots = range(1, MAX_OPTIONS + 1)
        self.is_present |= any(row.has(f"option{slot}_name") for slot in slots)
        names = {slot: str(row.parse(f"option{slot}_name") or "") for slot in slots}
        names = {slot: name for slot, name in names.items() if name}
        if names and not self._names:
            self._names = names
            if len(set(names.values())) < len(names):
                self._names = {}
                row.error("option1_name", "repeated_option", _("Two options have the same name."))
        elif any(self._names.get(slot) != name for slot, name in names.items()):
            row.error(
                "option1_name",
                "conflicting_options",
                _("An earlier row of this product names other options."),
            )

    def read_values(self, row: RowCells) -> Values:
        """Return the values of a variant's row; add an error unless each option has one."""
        slots = range(1, MAX_OPTIONS + 1)
        texts = {slot: str(row.parse(f"option{slot}_value") or "") for slot in slots}
        given = {slot for slot, text in texts.items() if text}
        if missing := sorted(set(self._names) - given):
            if list(self._names.values()) == [PLACEHOLDER[0]]:
                return (PLACEHOLDER[1],)
            name = self._names[missing[0]]
            row.error(
                f"option{missing[0]}_value",
                "missing_option_value",
                _("This variant has no value for the option %(name)s."),
                name=name,
            )
        elif extra := sorted(given - set(self._names)):
            row.error(
                f"option{extra[0]}_name",
                "missing_option_name",
                _("The option of this value has no name."),
            )
        return tuple(texts[slot] for slot in self._names)

    def accept(self, row: RowCells, values: Values) -> bool:
        """Note the values of a valid variant; refuse a combination that an earlier row has."""
        if values and values != PLACEHOLDER[1:] and values in self._seen:
            row.error(
                "option1_value",
                "duplicate_variant",
                _("Line %(line)s has a variant with these options."),
                line=self._seen[values],
            )
            return False
        self._seen[values] = row.line
        self._values.append(values)
        return True

    def names(self) -> tuple[str, ...] | None:
        """Return the names of the options, () for none, None if the file has no such columns."""
        if not self.is_present:
            return None
        return () if self._is_placeholder() else tuple(self._names.values())

    def by_name(self, values: Values) -> dict[str, str]:
        if self._is_placeholder():
            return {}
        return dict(zip(self._names.values(), values, strict=True))

    def _is_placeholder(self) -> bool:
        return list(self._names.values()) == [PLACEHOLDER[0]] and all(
            values == PLACEHOLDER[1:] for values in self._values
        )
