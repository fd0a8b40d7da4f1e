from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests import report


@pytest.fixture
def document(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "DOCS", tmp_path)
    path = tmp_path / "results.md"
    path.write_text("# Results\n\n| check | result | date |\n| --- | --- | --- |\n| a | - | - |\n")
    return path


def test_row_of_the_document_has_the_summary_and_its_date(document):
    report.publish("results", "a", ["what"], [["x"]], summary="2 of 2 | met")

    assert document.read_text().splitlines()[-1] == (
        f"| a | 2 of 2 \\| met | {datetime.now(UTC):%Y-%m-%d} |"
    )


def test_row_can_be_written_again(document):
    report.publish("results", "a", ["what"], [["x"]], summary="1 of 2 | met")
    report.publish("results", "a", ["what"], [["x"]], summary="2 of 2 met")

    assert document.read_text().count("| a |") == 1
    assert "| a | 2 of 2 met |" in document.read_text()


def test_table_is_a_file_beside_the_document(document):
    rows = [["x|y", 1.5], ["two\nlines", 2]]

    report.publish("results", "a", ["what", "ratio"], rows, summary="2")

    text = (document.parent / "figures" / "results-a.md").read_text()
    assert text.startswith(
        "| what | ratio |\n| --- | --- |\n| x\\|y | 1.5 |\n| two lines | 2 |\n\n*"
    )


def test_row_that_is_missing_is_refused(document):
    before = document.read_text()

    with pytest.raises(LookupError, match=r"results\.md has no row c"):
        report.publish("results", "c", ["what"], [], summary="")

    assert document.read_text() == before
