"""A merchant's file, as products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

from django.utils.translation import gettext_noop as _

from apps.products.csv.assembling import ProductAssembler
from apps.products.csv.cells import Format
from apps.products.csv.dialects import StagedRow, detect_dialect
from apps.products.csv.exceptions import FileRefused, InvalidValue
from apps.products.csv.findings import Finding, RowError, RowWarning
from apps.products.csv.reader import CSVReader, Row
from apps.products.csv.records import ProductRecord
from apps.products.csv.staging import Group, Stage


@dataclass(frozen=True)
class Product:
    """Product `number` of a file; `record` is None if it is refused.

    `rows` is the number of its rows, and `refused` of those that are not imported.
    """

    number: int
    code: str
    record: ProductRecord | None
    findings: tuple[Finding, ...]
    rows: int
    refused: int


class ProductFile:
    """The products of a seekable file, in the order in which it first mentions each.

    Opening it raises FileRefused if it is not a list of products. Iterate over `load()` once, then
    over `products()` as often as needed: the same file gives the same products with the same
    numbers. Memory does not grow with the file.

        with ProductFile(file, "EUR") as products:
            findings = list(products.load())
            for product in products.products(start=0): ...
    """

    def __init__(self, file: BinaryIO, currency: str) -> None:
        self._reader = CSVReader(file)
        try:
            self._dialect = detect_dialect(self._reader.columns)
        except FileRefused:
            self._reader.close()
            raise
        self._imported = self._dialect.columns_in(self._reader.columns)
        self._ignored = set(self._reader.columns) - set(self._imported)
        self._format = Format(currency, self._names_of_columns())
        self._stage = Stage()
        #: The rows that load() has read, and those of them that it refused.
        self.rows = self.refused = 0

    @property
    def dialect(self) -> str:
        return self._dialect.name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stage.close()
        self._reader.close()

    def load(self) -> Iterator[Finding]:
        """Read the file, and yield the findings about rows and columns, in their order."""
        yield from self._reader.warnings()
        filled: set[str] = set()
        try:
            for row in self._reader:
                self.rows += 1
                if isinstance(row, RowError):
                    self.refused += 1
                    yield row
                else:
                    filled |= {name for name in self._ignored - filled if row.cells[name].strip()}
                    yield from self._load_row(row)
        except FileRefused as error:
            yield RowError(0, "", error.code, error.message, error.params)
        self._stage.group()
        for name in sorted(filled, key=self._reader.columns.__getitem__):
            yield RowWarning(
                1, self._name(name), "ignored_column", _("This column is not imported.")
            )

    def count(self) -> int:
        """Return the number of products, refused ones included."""
        return self._stage.count()

    def products(self, start: int = 0) -> Iterator[Product]:
        """Yield the products from number `start` on."""
        for group in self._stage.groups(start):
            yield self._assemble(group)

    def _load_row(self, row: Row) -> Iterator[RowError]:
        try:
            for staged in self._dialect.stage(row):
                if not self._load_staged(staged):
                    self.refused += 1
                    yield RowError(
                        row.line, "", "repeated_product", _("An earlier row is the same product.")
                    )
                    break
        except InvalidValue as error:
            self.refused += 1
            column = self._format.columns.get("handle", "")
            yield RowError(row.line, column, error.code, error.message, error.params)

    def _load_staged(self, staged: StagedRow) -> bool:
        self._format.learn(staged.cells)
        return self._stage.add(staged)

    def _assemble(self, group: Group) -> Product:
        if group.code is None:
            orphans: list[Finding] = [self._orphan(line) for line, _ in self._stage.rows(group)]
            return _refused(group, orphans)
        if group.is_repeated:
            error = RowError(
                group.line, "", "handle_taken", _("An earlier product has this handle.")
            )
            return _refused(group, [error])
        assembler = ProductAssembler(group.code, group.line, self._format)
        for line, cells in self._stage.rows(group):
            assembler.add(line, cells)
        record = assembler.record()
        if record is None:
            return _refused(group, assembler.findings)
        findings = tuple(assembler.findings)
        return Product(group.number, group.code, record, findings, group.lines, assembler.refused)

    def _orphan(self, line: int) -> RowError:
        column = self._format.columns.get("handle", "")
        return RowError(line, column, "unknown_parent", _("The file has no product for this row."))

    def _names_of_columns(self) -> dict[str, str]:
        """Return the name in the file of each of our columns."""
        names: dict[str, str] = {}
        for column, ours in self._imported.items():
            names.setdefault(ours, self._name(column))
        return names

    def _name(self, column: str) -> str:
        return self._reader.names[self._reader.columns[column]]


def _refused(group: Group, findings: list[Finding]) -> Product:
    return Product(group.number, group.code or "", None, tuple(findings), group.lines, group.lines)
