"""Files of merchants, and what is read from them."""

from __future__ import annotations

import io
from dataclasses import dataclass

from apps.products.csv.findings import Finding
from apps.products.csv.product_file import ProductFile
from apps.products.csv.reader import CSVReader, Row
from apps.products.csv.records import ProductRecord


@dataclass
class Imported:
    records: list[ProductRecord]
    findings: list[Finding]

    @property
    def problems(self) -> list[tuple[int, str, str]]:
        return [(finding.line, finding.column, finding.code) for finding in self.findings]


def as_bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def import_text(text: str | bytes, currency: str = "EUR") -> Imported:
    with ProductFile(io.BytesIO(as_bytes(text)), currency) as file:
        findings = list(file.load())
        products = list(file.products())
    for product in products:
        findings.extend(product.findings)
    return Imported([product.record for product in products if product.record], findings)


def read_rows(text: str | bytes) -> tuple[list[Row], list[tuple[int, str]]]:
    """Return the rows of a file, and the lines and codes of those that are refused."""
    reader = CSVReader(io.BytesIO(as_bytes(text)))
    found = list(reader)
    rows = [row for row in found if isinstance(row, Row)]
    return rows, [(error.line, error.code) for error in found if not isinstance(error, Row)]


def rows_of(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)
