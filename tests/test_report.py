"""A table is written where its section is, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests import report


@pytest.fixture
def document(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "DOCS", tmp_path)
    path = tmp_path / "figures.md"
    path.write_text("# Figures\n<!-- a -->\nold\n<!-- /a -->\n<!-- b -->\nkept\n<!-- /b -->\n")
    return path


def test_section_holds_the_table_and_its_date(document):
    report.publish("figures", "a", ["what", "ratio"], [["x|y", 1.5], ["two\nlines", 2]])

    text = document.read_text()
    assert "| what | ratio |\n| --- | --- |\n| x\\|y | 1.5 |\n| two lines | 2 |\n" in text
    assert f"\n*{datetime.now(UTC):%Y-%m-%d}, " in text
    assert "old" not in text
    assert text.endswith("<!-- /a -->\n<!-- b -->\nkept\n<!-- /b -->\n")


def test_section_that_is_not_there_is_refused(document):
    before = document.read_text()

    with pytest.raises(LookupError, match=r"figures\.md has no section c"):
        report.publish("figures", "c", ["what"], [])

    assert document.read_text() == before
