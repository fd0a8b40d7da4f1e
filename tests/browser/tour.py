"""A visit of every kind of page in narrow and wide windows, light and dark, with its findings."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

AXE = (Path(__file__).parent / "axe.min.js").read_text()
WIDTHS = (390, 1440)
SCHEMES = ("light", "dark")
#: Milliseconds, for machines that do much else.
TIMEOUT = 20_000
IMAGES = {"image"}

_RECORD_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
    (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
_RUN_AXE = """async (place) => {
    const options = {resultTypes: ["violations"], preload: false};
    const {violations} = await axe.run(place, options);
    return violations.flatMap(({id, nodes}) => nodes.map(({target, any}) =>
        `${id}: ${target.join(" ")} ${any.map((each) => each.message)}`));
}
"""
MEASURE_SHIFT = """() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({value}) => { sum += value; }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(sum), 100);
})
"""
_FIND_OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .map((element) => element.className || element.tagName);
}
"""
_LIST_IMAGES = """() => [...document.images].map((image) => ({
    width: image.getAttribute("width"), height: image.getAttribute("height"), lazy: image.loading,
    shown: image.getBoundingClientRect().width, alt: image.getAttribute("alt"),
}))
"""


@dataclass
class Findings:
    """The events of a page of the tour; the lists of a good page are empty."""

    accessibility: list[str]
    policy_violations: list[str]
    overflow: list[str]
    shift: float
    images: list[dict[str, Any]]
    console: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    #: The bytes of all that is not an image, compressed.
    size: int = 0

    @property
    def requests(self) -> list[str]:
        """The paths of what was fetched besides images."""
        urls = [r.url for r in self.responses if r.request.resource_type not in IMAGES]
        return [urlsplit(url).path for url in urls]

    def other_hosts(self, host: str) -> list[str]:
        return [r.url for r in self.responses if urlsplit(r.url).hostname != host]


def open_page(browser: Browser, width: int = 1440, **options: Any) -> Page:
    """Return a page in a new context, with the options of Playwright's contexts."""
    viewport = {"width": width, "height": 900}
    context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
    context.set_default_timeout(TIMEOUT)
    return context.new_page()


def log_in(page: Page, origin: str, email: str, password: str) -> None:
    """Log a member of the team in, whatever the language of the page."""
    page.goto(f"{origin}/account/login")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/admin/")


def accessibility_of(page: Page, place: str = "html") -> list[str]:
    """Return the violations of axe-core's rules in a part of a page, in its present state."""
    page.evaluate(AXE)
    return page.evaluate(_RUN_AXE, place)


def visit(page: Page, url: str, *, status: int = 200) -> Findings:
    """Load a page, and inspect it."""
    console: list[str] = []
    responses: list[Response] = []
    page.add_init_script(_RECORD_VIOLATIONS)
    page.on("console", lambda m: console.append(f"{m.text} {m.location}") if _is_bad(m) else None)
    page.on("pageerror", lambda error: console.append(str(error)))
    # Playwright marks its handlers, and a method of a list takes no marks.
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 -- as above
    answer = page.goto(url, wait_until="load")
    assert answer.status == status, url
    accessibility = accessibility_of(page)
    size = sum(
        len(gzip.compress(response.body()))
        for response in responses
        if response.request.resource_type not in IMAGES
    )
    return Findings(
        accessibility=accessibility,
        policy_violations=page.evaluate("violations"),
        overflow=page.evaluate(_FIND_OVERFLOW),
        shift=page.evaluate(MEASURE_SHIFT),
        images=page.evaluate(_LIST_IMAGES),
        # Chromium reports the status of the page itself, which is expected.
        console=[text for text in console if status == 200 or f"status of {status}" not in text],
        responses=responses,
        size=size,
    )


def tour(browser: Browser, urls: dict[str, str], **options: Any) -> dict[str, Findings]:
    """Return the findings by the name of the page, the width and the colour scheme.

    Options are those of `open_page`.
    """
    return {
        f"{name} {width} {scheme}": visit_once(browser, url, width, scheme, **options)
        for name, url in urls.items()
        for width in WIDTHS
        for scheme in SCHEMES
    }


def visit_once(browser: Browser, url: str, width: int, scheme: str, **options: Any) -> Findings:
    """Load a page in a new context, and inspect it."""
    page = open_page(browser, width, color_scheme=scheme, **options)
    found = visit(page, url, status=404 if url.endswith("/absent") else 200)
    page.context.close()
    return found


def _is_bad(message: Any) -> bool:
    return message.type in {"error", "warning"}
