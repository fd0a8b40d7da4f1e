"""Pages that arrive in parts: nothing of what is shown moves when the rest arrives."""

from __future__ import annotations

import pytest

from tests.browser import tour
from tests.browser.halves import halving

#: For each frame of pages: a host, a path, and the text after which the page pauses.
FRAMES = {
    "storefront": ("acme.localhost", "/account/login", 'class="footer__name">'),
    "office": ("acme.localhost", "/admin/products", "</thead>"),
    "front door": ("localhost", "/", 'class="arcade__ground"'),
}
#: Seconds, of which a busy browser may need the longest to paint the first part.
PAUSES = (0.5, 2, 8)


@pytest.fixture
def shift_of(browser, acme, owner_state):
    def shift_of(frame, pause, **options):
        host, path, cut = FRAMES[frame]
        page = tour.open_page(browser, storage_state=owner_state)
        with halving(acme.server.port, cut, pause=pause, **options) as port:
            page.goto(f"http://{host}:{port}{path}", wait_until="networkidle")
            shift = page.evaluate(tour.MEASURE_SHIFT)
            page.context.close()
        return shift

    return shift_of


@pytest.mark.parametrize("frame", FRAMES)
def test_page_in_two_parts_does_not_move(shift_of, frame):
    moving = (each for each in PAUSES if shift_of(frame, each, omitted=' blocking="render"') > 0)
    pause = next(moving, None)
    assert pause is not None

    assert shift_of(frame, pause) == 0
