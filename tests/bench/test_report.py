from __future__ import annotations

import pytest

from bench.figures import Figures, Round, Spread
from bench.report import render
from bench.run import DOCUMENT
from bench.targets import GOALS, share_without


def round_of(rate: float, cpu: float = 0.001) -> Round:
    return Round(rate=rate, p50=0.001, p99=0.002, app=cpu, database=0.0, memory=50_000_000)


@pytest.fixture
def figures():
    """Two cycles, of which the second was slower."""
    taken = Figures(about={})
    for base, ours in ((100, 350), (50, 160)):
        taken.add("list", "drf", round_of(base))
        taken.add("list", "ours", round_of(ours))
    return taken


def row_of(text: str, title: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.startswith(f"| {title} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_ratio_is_that_to_the_same_cycle(figures):
    assert figures.ratio("list", "ours") == Spread(3.35, 3.2, 3.5)


def test_ratio_without_figures_is_none(figures):
    assert figures.ratio("list", "bare") is None
    assert figures.ratio("home", "ours") is None


def test_target_that_is_met_has_its_spread(figures):
    row = row_of(render(figures), "List to Django REST framework")

    assert row[1:] == ["≥ 3", "3.35 (3.20 to 3.50)", "met"]


def test_target_that_is_missed_has_a_place_for_its_profile(figures):
    figures.add("cold", "drf", round_of(100))
    figures.add("cold", "ours", round_of(120))

    text = render(figures)

    title = "First request of a shop, to Django REST framework's"
    assert row_of(text, title)[1:] == ["≥ 1.8", "1.20", "**missed**"]
    assert f"### {title}\n\nNot profiled yet (`bench/profiles/cold.md`)." in text
    assert "### List to Django REST framework" not in text


def test_scenario_that_cannot_be_measured_has_the_reason(figures):
    figures.notes["unchanged"] = "no ETag"

    assert row_of(render(figures), "Public list, unchanged (304)")[1:] == ["≥ 12", "no ETag", ""]


def test_share_of_a_wall_is_what_is_saved_without_it():
    figures = Figures()
    for whole, rest in ((0.010, 0.009), (0.010, 0.008)):
        figures.add("walls", "all", round_of(1, whole))
        figures.add("walls", "announcement", round_of(1, rest))

    share = share_without(figures, "announcement")

    assert share is not None
    assert (round(share.median), round(share.least), round(share.greatest)) == (15, 10, 20)


def test_figures_can_be_loaded_again(figures, tmp_path):
    figures.save(tmp_path / "figures" / "performance.json")

    assert Figures.load(tmp_path / "figures" / "performance.json") == figures


def test_report_without_figures_has_every_target():
    text = render(Figures())

    assert [row_of(text, goal.title)[2] for goal in GOALS] == ["-"] * len(GOALS)


def test_document_is_of_the_present_targets():
    """The page is never edited by hand, so that it has the titles of the code."""
    text = DOCUMENT.read_text()

    assert [goal.title for goal in GOALS if f"| {goal.title} |" not in text] == []
