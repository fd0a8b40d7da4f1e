"""The guide for merchants tells the truth."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.money import format_amount, parse_amount
from apps.products.imports import batches
from tests.apps.products.csv.files import import_text

ROOT = Path(__file__).resolve().parents[4]
GUIDE = (ROOT / "docs" / "csv.md").read_text()
#: The position of the code among the arguments of what reports a problem.
REPORTS = {
    "FileRefused": 0,
    "InvalidRecord": 0,
    "InvalidValue": 0,
    "__init__": 0,
    "fail": 0,
    "InvalidEdit": 1,
    "error": 1,
    "warn": 1,
    "RowError": 2,
    "RowWarning": 2,
}


def reports(*folders):
    """Yield the arguments from the code on of each call that reports a problem."""
    paths = [path for folder in folders for path in (ROOT / "apps/products").glob(f"{folder}/*.py")]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in REPORTS:
                    yield node.args[REPORTS[name] :]


def reported_codes():
    yield from (code for code, _ in [*batches.QUOTAS.values(), batches.CONFLICT])
    for arguments in reports("csv", "imports"):
        yield from (each.value for each in arguments[:1] if isinstance(each, ast.Constant))


def section(heading):
    return GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def first_cells(heading):
    rows = re.findall(r"^\| (.*?) \| (.*) \|$", section(heading), re.MULTILINE)
    return [(re.findall(r"`([^`]+)`", first), second) for first, second in rows[1:]]


def test_every_code_is_explained():
    explained = [code for codes, _ in first_cells("What the report says") for code in codes]

    assert len(explained) == len(set(explained))
    assert set(explained) == set(reported_codes())


def test_every_message_is_marked_for_translation():
    """A literal without `_()`, or with values in it, could not be translated when it is shown."""
    messages = [each for arguments in reports(".", "csv", "imports") for each in arguments[1:2]]

    assert len(messages) > 50
    literals = (ast.Constant, ast.JoinedStr, ast.BinOp)
    assert [ast.unparse(each) for each in messages if isinstance(each, literals)] == []


def test_examples_are_imported():
    examples = re.findall(r"^```csv\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)

    imported = [import_text(example) for example in examples]

    assert [each.findings for each in imported] == [[], []]
    assert [
        (record.code, [variant.fields["price"] for variant in record.variants], len(record.images))
        for each in imported
        for record in each.records
    ] == [("clay-pot", [1250], 0), ("tea-mug", [123450], 0), ("tee", [2000, 2200], 2)]


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        (text, promise)
        for texts, promise in first_cells("Prices and other numbers")
        for text in texts
    ],
)
def test_prices_become_what_the_guide_says(text, promise):
    try:
        amount = format_amount(parse_amount(text, "EUR"), "EUR")
    except InvalidValue:
        amount = "refused"

    assert amount in promise
