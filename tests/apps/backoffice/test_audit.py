"""The audit log and its filters."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from apps.audit.models import AuditEvent
from apps.tenants.context import tenant_context
from tests.apps.api.lists import statements
from tests.apps.pages.html import Page

AUDIT = "/admin/audit"


@pytest.fixture
def log(acme, people):
    """An event of three people on three days of March."""
    with tenant_context(acme):
        for day, role in enumerate(("owner", "staff", "customer"), start=1):
            AuditEvent.objects.create(
                action="session.opened",
                actor=people[role],
                subject=f"entry of {role}",
                created_at=datetime(2026, 3, day, 23, 59, 59, tzinfo=UTC),
            )


def shown(browser, **query):
    content = browser.get(f"{AUDIT}?{urlencode(query)}").content.decode()
    return [role for role in ("owner", "staff", "customer") if f"entry of {role}" in content]


def test_log_is_filtered_by_person(office, people, log):
    assert shown(office) == ["owner", "staff", "customer"]
    assert shown(office, actor=people["staff"].pk) == ["staff"]
    assert shown(office, actor=people["manager"].pk) == []


@pytest.mark.parametrize(
    ("days", "roles"),
    [
        ({"from": "2026-03-02"}, ["staff", "customer"]),
        ({"to": "2026-03-02"}, ["owner", "staff"]),
        ({"from": "2026-03-02", "to": "2026-03-02"}, ["staff"]),
        ({"from": "2026-03-04"}, []),
        ({"from": "", "to": ""}, ["owner", "staff", "customer"]),
    ],
)
def test_log_is_filtered_by_days(office, log, days, roles):
    assert shown(office, **days) == roles


@pytest.mark.parametrize(
    "query", [{"from": "x"}, {"to": "2026-02-30"}, {"actor": "x"}, {"from": "2026-03-01T00:00Z"}]
)
def test_wrong_filter_has_a_message(office, log, query):
    assert Page(office.get(f"{AUDIT}?{urlencode(query)}")).messages


def test_form_shows_the_filters(office, people, log):
    query = {
        "action": "session.opened",
        "actor": str(people["customer"].pk),
        "from": "2026-03-01",
        "to": "2026-03-31",
    }

    page = Page(office.get(f"{AUDIT}?{urlencode(query)}"))

    assert page.form_with("actor").values == query


def test_person_of_an_entry_is_a_filter(office, people, log):
    links = Page(office.get(f"{AUDIT}?from=2026-03-01")).links()

    assert f"?from=2026-03-01&actor={people['customer'].pk}" in links


def test_links_of_the_pages_keep_the_filters(acme, office, people):
    with tenant_context(acme):
        for _ in range(26):
            AuditEvent.objects.create(action="session.opened", actor=people["staff"])
    query = f"actor={people['staff'].pk}&from=2026-03-01"

    page = Page(office.get(f"{AUDIT}?{query}"))

    [after] = [attrs["href"] for _, attrs in page.tags if attrs.get("rel") == "next"]
    assert query in after


@pytest.mark.parametrize("count", [1, 3])
def test_log_takes_four_statements(acme, office, people, count):
    with tenant_context(acme):
        for _ in range(count):
            AuditEvent.objects.create(action="session.opened", actor=people["staff"])

    with statements() as sent:
        office.get(AUDIT)

    assert len(sent) == 4, sent
