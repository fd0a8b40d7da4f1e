"""The page `docs/performance.md`, made of the figures of a run alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.figures import VISITED, Figures, Spread
from bench.targets import GOALS, Goal, growth, share_without

PROFILES = Path(__file__).parent / "profiles"
TEXT = (Path(__file__).parent / "report.md").read_text()

CONTESTANTS = {
    "ours": "**Galleria**",
    "drf": "Django REST framework on gunicorn (the base)",
    "granian": "Django REST framework on granian",
    "tenants": "django-tenants, a schema for each shop",
    "multitenant": "django-multitenant",
    "scopes": "django-scopes",
    "bare": "WSGI and SQL on granian, no framework",
}
#: The scenarios of this project alone, and those that the base has, too.
AGAINST_LIST = {
    "public": "product list, public",
    "unchanged": "product list, public, unchanged (304)",
    "home": "storefront: home",
    "page": "storefront: page of a product",
    "search": "storefront: search",
}
AGAINST_SAME = {
    "cold": "product list, first request of each shop",
    "create": "creating a product",
    "login": "logging in, each with its hasher: Argon2id, PBKDF2",
}
MEASURES = {
    "rate": "requests/s",
    "p50": "p50",
    "p99": "p99",
    "app": "CPU, application",
    "database": "CPU, PostgreSQL",
    "memory": "memory of a worker",
}
MISSING = "-"
#: The width of the documents' lines.
COLUMNS = 132


def render(figures: Figures) -> str:
    """Return the page; what was not measured is a dash."""
    return TEXT.format(
        about=_about(figures.about),
        targets=_table(["", "target", "measured", ""], map(_target, [(g, figures) for g in GOALS])),
        contestants=_contestants(figures),
        base=_base(figures),
        scenarios=_scenarios(figures),
        scale=_scale(figures),
        walls=_walls(figures),
        openings=_openings(figures.tables),
        breakdown=_breakdown(figures.tables),
        missed="\n\n".join(_missed(figures)) or "None.",
    )


def _about(about: dict[str, Any]) -> str:
    if not about:
        return "Not measured yet."
    text = (
        f"{about['date']}, {about['machine']}. {about['versions']}. {about['shops']} shops with"
        f" {about['products']} products each, {about['rounds']} cycles with rounds of"
        f" {about['seconds']} seconds, seed {about['seed']}."
    )
    return textwrap.fill(text, COLUMNS)


def _target(pair: tuple[Goal, Figures]) -> list[str]:
    goal, figures = pair
    bound = f"{'≥' if goal.is_least else '≤'} {goal.bound:g}{goal.unit}"
    note = figures.notes.get(goal.key, MISSING)
    value = goal.value(figures)
    measured = note if value is None else _spread(value, goal.unit)
    verdict = {True: "met", False: "**missed**", None: ""}[goal.is_met(figures)]
    return [goal.title, bound, measured, verdict]


def _contestants(figures: Figures) -> str:
    rows = (
        [title, *(_ratio(figures.ratio("list", name, of=of)) for of in MEASURES)]
        for name, title in CONTESTANTS.items()
    )
    return _table(["ratio to the base", *MEASURES.values()], rows)


def _base(figures: Figures) -> str:
    if not figures.has("list", "drf"):
        return MISSING
    rate, p50, p99, app, database, memory = (
        figures.median("list", "drf", name) for name in MEASURES
    )
    return (
        f"{rate:.0f} requests/s, p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms,"
        f" {app * 1e6:.0f} µs of CPU in the application and {database * 1e6:.0f} µs in PostgreSQL"
        f" a request, {memory / 2**20:.0f} MiB a worker"
    )


def _scenarios(figures: Figures) -> str:
    rows = [
        [title, "its list", *_compared(figures, name, VISITED, ("drf", "list"))]
        for name, title in AGAINST_LIST.items()
    ]
    rows += [
        [title, "the same", *_compared(figures, name, "ours", ("drf", name))]
        for name, title in AGAINST_SAME.items()
    ]
    return _table(["Galleria", "to the base's", "requests/s", "p99", "CPU"], rows)


def _compared(figures: Figures, scenario: str, contestant: str, base: tuple[str, str]) -> list[str]:
    if note := figures.notes.get(scenario):
        return [note, "", ""]
    return [_ratio(figures.ratio(scenario, contestant, base, of)) for of in ("rate", "p99", "cpu")]


def _scale(figures: Figures) -> str:
    counts = figures.tables.get("scale", [])
    rows = [
        [
            f"{int(count):,}",
            f"{figures.median('scale', f'{count}_rendered', 'cpu') * 1e6:.0f}",
            _ratio(growth(figures, count)),
            _ratio(figures.ratio("few", count, (counts[0], "few"), "cpu")),
            _ratio(figures.ratio("scale", count, (counts[0], "scale"), "cpu")),
        ]
        for count in counts
    ]
    head = ["shops", "CPU, µs a rendered list", "ratio", "ratio, kept lists of ten shops"]
    table = _table([*head, "ratio, all shops in turn"], rows)
    # A resumed run may have added some to those of the page.
    cycles = max(map(len, figures.rounds.get("scale", {}).values()), default=0)
    return f"{table}\n\nIn {cycles} cycles."


def _walls(figures: Figures) -> str:
    policies = share_without(figures, "policies")
    both = share_without(figures, "announcement")
    announcement = share_without(figures, "announcement", "policies")
    keys = share_without(figures, "keys", "all_written")
    rows = [
        ["policies (row-level security)", "list", _share(policies)],
        ["announcement (`SET LOCAL` with each statement)", "list", _share(announcement)],
        ["both", "list", _share(both)],
        ["composite foreign keys", "creating a product", _share(keys)],
    ]
    return _table(["without", "request", "share of its CPU time"], rows)


def _openings(tables: dict[str, Any]) -> str:
    opened, starts = tables.get("openings"), tables.get("starts", {})
    rows: list[list[str]] = []
    if opened:
        shops = f"{opened['shops']} shops here, {opened['schemas']} there"
        rows = [
            ["opening a shop", _ms(opened["ours"]), _ms(opened["tenants"])],
            [
                f"adding a column: {shops}",
                _ms(opened["column_ours"]),
                _ms(opened["column_tenants"]),
            ],
        ]
    text = _table(["", "Galleria", "django-tenants"], rows)
    if starts:
        text += "\n\n" + _table(
            ["start to the first list", "seconds"],
            [[CONTESTANTS[name], _spread(Spread.of(taken))] for name, taken in starts.items()],
        )
    if imports := tables.get("imports"):
        rows = [[name, f"{rate}"] for name, rate in imports.items()]
        text += "\n\n" + _table(["CSV file", "rows/s"], rows)
    return text


def _breakdown(tables: dict[str, Any]) -> str:
    now, before = tables.get("breakdown"), tables.get("before")
    if not now:
        return MISSING
    was = before or {"parts": {}, "total": None}
    parts = dict.fromkeys([*now["parts"], *was["parts"]])
    rows = [
        [part, *(_microseconds(table["parts"].get(part)) for table in (was, now))] for part in parts
    ]
    totals = [_microseconds(table["total"]) for table in (was, now)]
    rows.append(["the whole request, without timers", *totals])
    return _table(["part", "before, µs", "now, µs"], rows)


def _missed(figures: Figures) -> Iterable[str]:
    for goal in GOALS:
        if goal.is_met(figures) is False:
            profile = PROFILES / f"{goal.key}.md"
            place = f"Not profiled yet (`bench/profiles/{goal.key}.md`)."
            yield f"### {goal.title}\n\n{profile.read_text() if profile.exists() else place}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _ratio(value: Spread | None) -> str:
    return MISSING if value is None else _spread(value)


def _share(value: Spread | None) -> str:
    return MISSING if value is None else _spread(value, " %")


def _spread(value: Spread, unit: str = "") -> str:
    if value.least == value.greatest:
        return f"{value.median:.2f}{unit}"
    return f"{value.median:.2f}{unit} ({value.least:.2f} to {value.greatest:.2f})"


def _microseconds(value: float | None) -> str:
    return MISSING if value is None else f"{value:.0f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms"
