"""A walk through a page by the Tab key, with its findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

_SCRIPT = (Path(__file__).parent / "focus.js").read_text()
#: A field of a date takes several presses of Tab.
_PRESSES_PER_STOP = 5


@dataclass
class Walk:
    """The findings of a walk from the top of a page; the lists of a good page are empty."""

    #: The stops in their order.
    stops: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    #: Without a change of the outline or the shadow.
    unmarked: list[str] = field(default_factory=list)
    #: Outside of the window, or behind something else.
    covered: list[str] = field(default_factory=list)
    #: With a `tabindex` above 0.
    out_of_order: list[str] = field(default_factory=list)
    #: True if Tab leaves the page after the last stop, and begins again at the first.
    is_closed: bool = False


def walk(page: Page) -> Walk:
    """Press Tab from the top of a loaded page until the focus is at the first stop again.

    Menus are opened by the Enter key as they are reached.
    """
    page.evaluate(_SCRIPT)
    expected = page.evaluate("focusWalk.begin()")
    found = Walk(out_of_order=page.evaluate("focusWalk.outOfOrder()"))
    reached: set[int] = set()
    for _ in range(_PRESSES_PER_STOP * (len(expected) + 1)):
        page.keyboard.press("Tab")
        stop = page.evaluate("focusWalk.present()")
        if stop is None:
            page.keyboard.press("Tab")
            again = page.evaluate("focusWalk.present()")
            found.is_closed = again is not None and again["name"] == found.stops[0]
            break
        reached.add(stop["index"])
        found.stops.append(stop["name"])
        if not stop["isIndicated"]:
            found.unmarked.append(stop["name"])
        if not stop["isUncovered"]:
            found.covered.append(stop["name"])
        if stop["isClosed"]:
            page.keyboard.press("Enter")
    found.missed = [name for index, name in enumerate(expected) if index not in reached]
    return found
