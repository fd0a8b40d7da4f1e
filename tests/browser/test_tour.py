"""Accessibility, security policy, layout and weight of the pages, in Chromium."""

from __future__ import annotations

import pytest

from tests.browser import pages, tour

MAX_BYTES = 40_000
MAX_REQUESTS = 12
#: A picture at least this wide is large.
LARGE = 200


@pytest.fixture(scope="package")
def findings(browser, acme, closed_shop, style_url):
    urls = (
        pages.urls(acme, pages.STOREFRONT | pages.ABSENT)
        | pages.urls(closed_shop, pages.CLOSED)
        | pages.front_door_urls(acme.server, pages.FRONT_DOOR)
    )
    states = pages.urls(acme, pages.STOREFRONT_STATES)
    states |= pages.front_door_urls(acme.server, pages.FRONT_DOOR_STATES)
    found = {name: tour.visit_once(browser, url, 390, "light") for name, url in states.items()}
    return tour.tour(browser, urls | {"style": style_url}) | found


def not_empty(values):
    return {case: value for case, value in values.items() if value}


def test_pages_have_no_violations_of_accessibility_rules(findings):
    assert not_empty({case: each.accessibility for case, each in findings.items()}) == {}


def test_pages_log_no_errors(findings):
    assert not_empty({case: each.console for case, each in findings.items()}) == {}


def test_pages_keep_to_their_security_policy(findings):
    assert not_empty({case: each.policy_violations for case, each in findings.items()}) == {}


def test_pages_fetch_nothing_from_another_host(findings):
    hosts = {"closed": "globex.localhost", "front door": "localhost", "style": "localhost"}

    foreign = {
        case: each.other_hosts(
            next((host for name, host in hosts.items() if case.startswith(name)), "acme.localhost")
        )
        for case, each in findings.items()
    }

    assert not_empty(foreign) == {}
    assert all(each.responses for each in findings.values())


def test_pages_do_not_scroll_sideways(findings):
    assert not_empty({case: each.overflow for case, each in findings.items()}) == {}


def test_images_have_sizes_and_texts(findings):
    images = [image for each in findings.values() for image in each.images]

    assert images
    assert [i for i in images if None in i.values()] == []


def test_first_large_picture_is_fetched_at_once(findings):
    large = {
        case: [image["lazy"] for image in each.images if image["shown"] >= LARGE]
        for case, each in findings.items()
    }

    assert large["home 1440 light"]
    assert {case: lazy for case, lazy in large.items() if lazy and lazy[0] == "lazy"} == {}


def test_nothing_moves_while_a_page_loads(findings):
    assert not_empty({case: round(each.shift, 3) for case, each in findings.items()}) == {}


def test_pages_are_light(findings):
    heavy = {case: each.size for case, each in findings.items() if each.size > MAX_BYTES}

    assert heavy == {}


def test_pages_need_few_requests(findings):
    many = {
        case: each.requests for case, each in findings.items() if len(each.requests) > MAX_REQUESTS
    }

    assert many == {}


def test_any_accent_is_readable(browser, acme):
    found = {}
    for accent in ("#ffff00", "#777777"):
        acme.change_look(accent=accent)
        for scheme in tour.SCHEMES:
            page = tour.open_page(browser, color_scheme=scheme)
            page.goto(acme.url)
            announcement = tour.accessibility_of(page, ".announcement")
            at_rest = tour.accessibility_of(page, ".hero")
            page.locator(".button--primary").hover()
            hovered = tour.accessibility_of(page, ".hero")
            found[f"{accent} {scheme}"] = announcement + at_rest + hovered
            page.context.close()
    acme.change_look(accent="#2f6f4f")

    assert not_empty(found) == {}


def test_second_visit_has_styles_and_scripts(browser, acme):
    """The page is revalidated, and the headers of the 304 count for it."""
    page, errors = tour.open_page(browser), []
    page.on("console", lambda message: errors.append(message.text))
    page.goto(acme.url)

    page.goto(acme.url)
    display = page.evaluate('getComputedStyle(document.querySelector(".cards")).display')
    page.context.close()

    assert (display, errors) == ("grid", [])
