"""The targets of the measurements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.figures import VISITED, Figures, Spread


@dataclass(frozen=True)
class Goal:
    """A figure that should be at least, or at most, `bound`. `key` names the file of a profile."""

    key: str
    title: str
    bound: float
    value: Callable[[Figures], Spread | None]
    is_least: bool = True
    unit: str = ""

    def is_met(self, figures: Figures) -> bool | None:
        """Return if the median meets the bound, or None without figures."""
        value = self.value(figures)
        if value is None:
            return None
        return value.median >= self.bound if self.is_least else value.median <= self.bound


def _list_to(base: str) -> Callable[[Figures], Spread | None]:
    return lambda figures: figures.ratio("list", "ours", (base, "list"))


def _to_list(scenario: str) -> Callable[[Figures], Spread | None]:
    return lambda figures: figures.ratio(scenario, VISITED)


def _to_peer(scenario: str) -> Callable[[Figures], Spread | None]:
    return lambda figures: figures.ratio(scenario, "ours", ("drf", scenario))


def growth(figures: Figures, count: str | None = None) -> Spread | None:
    """Return the CPU time of a list that is rendered with `count` shops, to that with the fewest.

    Without `count`, with the most shops.
    """
    counts = figures.tables.get("scale", [])
    if not counts:
        return None
    fewest, most = f"{counts[0]}_rendered", f"{count or counts[-1]}_rendered"
    return figures.ratio("scale", most, (fewest, "scale"), of="cpu")


def share_without(figures: Figures, name: str, base: str = "all") -> Spread | None:
    """Return the share of the CPU time, in per cent, that is saved without a wall."""
    rest = figures.ratio("walls", name, (base, "walls"), of="cpu")
    if rest is None:
        return None
    return Spread(*(100 * (1 - value) for value in (rest.median, rest.greatest, rest.least)))


def _opening(figures: Figures) -> Spread | None:
    table = figures.tables.get("openings")
    return Spread.of([table["tenants"] / table["ours"]]) if table else None


def _start(figures: Figures) -> Spread | None:
    table = figures.tables.get("starts")
    return Spread.of(table["ours"]) if table else None


GOALS = [
    Goal("list", "List to Django REST framework", 3.0, _list_to("drf")),
    Goal("granian", "List to the same on granian", 2.5, _list_to("granian")),
    Goal("bare", "List to WSGI and SQL", 0.45, _list_to("bare")),
    Goal("cold", "First request of a shop, to Django REST framework's", 1.8, _to_peer("cold")),
    Goal("public", "Public list to the list of the base", 8.0, _to_list("public")),
    Goal("unchanged", "Public list, unchanged (304)", 12.0, _to_list("unchanged")),
    Goal("home", "Storefront's home", 6.0, _to_list("home")),
    Goal("page", "Storefront's page of a product", 6.0, _to_list("page")),
    Goal("create", "Creating a product", 1.0, _to_peer("create")),
    Goal(
        "scale",
        "CPU time of a rendered list, with the most shops to the fewest",
        1.15,
        growth,
        is_least=False,
    ),
    Goal(
        "isolation",
        "Share of policies and announcement",
        8.0,
        lambda figures: share_without(figures, "announcement"),
        is_least=False,
        unit=" %",
    ),
    Goal("opening", "Opening a shop to django-tenants", 100.0, _opening),
    Goal(
        "memory",
        "Memory of a worker that serves lists",
        1.15,
        lambda figures: figures.ratio("list", "ours", of="memory"),
        is_least=False,
    ),
    Goal("start", "Start to the first list", 2.0, _start, is_least=False, unit=" s"),
]
