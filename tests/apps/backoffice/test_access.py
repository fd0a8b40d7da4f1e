"""Who sees which page, and that each page is well formed."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from apps.tenants.context import tenant_context
from tests.apps.backoffice.editor import editor
from tests.apps.pages.html import Page
from tests.apps.products.factories import make_collection, make_import
from tests.apps.products.images.pictures import picture, upload
from tests.apps.users.factories import PASSWORD
from tests.apps.users.support import Browser, issued, person
from tests.surface import is_page, routes_of

PLAIN = [
    path
    for path, view in routes_of("multitenant.urls_shop")
    if path.startswith("/admin/")
    and is_page(view)
    and "get" in view.view_class.http_method_names
    and "{" not in path
    and "export" not in path
]
OF_ROWS = [
    "/admin/products/{mug}",
    "/admin/collections/{collection}",
    "/admin/imports/{import}",
    "/admin/products?search=mug&status=draft",
    "/admin/collections/{collection}?find=mug",
    "/admin/audit?action=user.changed",
    "/admin/customers?search=kim",
]
#: What a page of a role answers, by the rule of the API behind it.
RULES = {
    "/api/products/": "/admin/products",
    "/api/collections/": "/admin/collections",
    "/api/imports/": "/admin/imports",
    "/api/users/": "/admin/customers",
    "/api/audit/": "/admin/audit",
    "/api/products/export.csv": "/admin/products/export.csv",
    "/api/shop/": "/admin/settings",
    "/api/shop/storefront/": "/admin/settings/look",
}


@pytest.fixture
def paths(acme, people, mug):
    with tenant_context(acme):
        rows = {"mug": mug, "collection": make_collection(), "import": make_import()}
    keys = {name: str(row.pk) for name, row in rows.items()}
    return [path.format(**keys) for path in OF_ROWS] + PLAIN


def status_of(response):
    b"".join(getattr(response, "streaming_content", []))  # closes the file
    return response.status_code


def test_there_are_pages():
    assert {"/admin/", "/admin/products", "/admin/settings/look", "/admin/audit"} <= set(PLAIN)


def test_address_without_its_slash_leads_to_the_office(office):
    response = office.get("/admin")

    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_anonymous_visitor_is_led_to_the_login_and_back(acme, paths):
    browser = Browser(acme)

    for path in paths:
        response = browser.get(path)
        there, _, query = response["Location"].partition("?")
        assert (path, response.status_code, there) == (path, 302, "/account/login")
        assert (path, parse_qs(query)) == (path, {"next": [path]})


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?status=draft&next=//evil.example&x=1", "?status=draft"),
        ("?search=%22%3E%3Cscript%3E%0D%0A", "?search=%22%3E%3Cscript%3E"),
        ("?search=%26next%3D//evil.example", "?search=%26next%3D%2F%2Fevil.example"),
        ("?done=saved", ""),
        ("?status=", ""),
    ],
)
def test_login_leads_back_with_the_filters_of_the_page_alone(acme, people, query, kept):
    browser = Browser(acme)
    login = browser.get(f"/admin/products{query}")["Location"]
    form = {"email": people["owner"].email, "password": PASSWORD}

    response = browser.submit(login, form)

    assert response["Location"] == f"/admin/products{kept}"


@pytest.mark.parametrize(
    ("path", "form", "above"),
    [
        ("/admin/products/{}/delete", {}, "/admin/products/{}"),
        ("/admin/settings/logo", {}, "/admin/settings"),
        ("/admin/people", {"current_password": PASSWORD}, "/admin/people"),
    ],
)
def test_form_without_entries_of_an_ended_session_leads_back_to_its_page(
    acme, mug, stored, path, form, above
):
    browser = Browser(acme)

    response = browser.submit(path.format(mug.pk), form)

    assert response["Location"] == f"/account/login?next={above.format(mug.pk)}"
    assert stored().name == "Mug"


def test_upload_of_an_ended_session_leads_back_to_its_page(acme, mug):
    response = Browser(acme).post(f"/admin/products/{mug.pk}/images", {"file": upload(picture())})

    assert response["Location"] == f"/account/login?next=/admin/products/{mug.pk}"


def test_form_of_an_ended_session_is_sent_again_after_the_login(acme, office, people, mug, stored):
    path, form = editor(office, mug)
    sent = form.filled({"name": '"><b>Pot', "tags:words": "a, b"}, _do="save")
    ended, login = Browser(acme), {"email": people["owner"].email, "password": PASSWORD}

    response = ended.submit(path, sent)
    assert (response.status_code, response["Cache-Control"]) == (403, "no-store")
    assert stored().name == "Mug"
    page = Page(response)
    assert "/account/login" in page.links()
    ended.submit("/account/login", login)
    answer = ended.submit(path, page.form_with("name").filled())

    assert answer.status_code == 303
    assert stored().name == '"><b>Pot'
    assert {tag.name for tag in stored().tags.all()} == {"a", "b"}


def test_page_of_an_ended_session_has_no_password(acme):
    form = {"email": "new@acme.example", "current_password": PASSWORD, "_do": "invite"}

    response = Browser(acme).submit("/admin/people", form)

    values = Page(response).form_with("email").values
    assert values == {"email": "new@acme.example", "_do": "invite"}
    assert PASSWORD not in response.content.decode()


def test_form_of_another_site_is_not_shown_again(acme):
    browser = Browser(acme)

    response = browser.submit("/admin/people", {"email": "x"}, HTTP_SEC_FETCH_SITE="same-site")

    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"


def test_customer_gets_a_page_with_403(browser_of, paths):
    browser = browser_of("customer")

    for path in paths:
        response = browser.get(path, HTTP_ACCEPT="text/html")
        assert (path, response.status_code) == (path, 403)
        assert Page(response).texts("h1")
        assert b"office__nav" not in response.content


def test_customer_sends_no_form(browser_of, people, mug, stored, events):
    browser = browser_of("customer")

    for path in ("/admin/products/new", f"/admin/products/{mug.pk}/delete", "/admin/people"):
        response = browser.submit(path, {"name": "Pot", "code": "pot"})
        assert (path, response.status_code) == (path, 403)

    assert stored().name == "Mug"
    assert events() == []


@pytest.mark.parametrize("role", ["owner", "manager", "staff"])
def test_team_sees_what_the_api_shows_it(acme_client, browser_of, people, mug, role):
    client, browser = acme_client.as_(people[role]), browser_of(role)

    statuses = {path: status_of(client.get(path)) for path in RULES}

    assert statuses["/api/audit/"] == (200 if role == "owner" else 403)
    assert {path: status_of(browser.get(page)) for path, page in RULES.items()} == statuses


@pytest.mark.parametrize(
    ("role", "sees"), [("owner", True), ("manager", True), ("staff", False), ("customer", None)]
)
def test_invitations_are_shown_as_by_the_api(acme, acme_client, browser_of, people, role, sees):
    issued(acme, "invitation", "new@acme.example", role="staff", invited_by=people["owner"])
    answer = acme_client.as_(people[role]).get("/api/users/invitations/")

    response = browser_of(role).get("/admin/people")

    assert (answer.status_code == 200) == bool(sees)
    assert (b"new@acme.example" in response.content) == bool(sees)


@pytest.mark.parametrize("role", ["owner", "staff"])
def test_forms_of_the_owner_are_offered_to_the_owner(browser_of, role):
    pages = {path: Page(browser_of(role).get(path)) for path in ("/admin/", "/admin/settings")}

    assert ("/admin/audit" in pages["/admin/"].links()) == (role == "owner")
    values = {value for form in pages["/admin/settings"].forms for _, value in form.buttons}
    assert ({"open", "save"} <= values) == (role == "owner")


def test_page_has_one_heading_and_nothing_inline(office, paths):
    for path in paths:
        response = office.get(path)
        page = Page(response)
        assert (path, response.status_code) == (path, 200)
        headings = [tag for tag, _ in page.tags if tag == "h1"]
        assert (path, headings) == (path, ["h1"])
        assert (path, "".join(page.texts("h1")).strip()) != (path, "")
        assert "".join(page.texts("title")).strip().endswith("| Acme"), path
        assert page.texts("style") == page.texts("script") == [], path
        inline = [
            (tag, name)
            for tag, attrs in page.tags
            for name in attrs
            if name == "style" or name.startswith("on")
        ]
        assert (path, inline) == (path, [])
        assert response["Cache-Control"] == "no-store"


def test_page_has_no_duplicate_id_and_a_label_for_each_field(office, paths):
    for path in paths:
        page = Page(office.get(path))
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert (path, sorted(ids)) == (path, sorted(set(ids)))
        targets = [attrs["for"] for tag, attrs in page.tags if tag == "label" and "for" in attrs]
        assert (path, set(targets) - set(ids)) == (path, set())


def test_language_is_that_of_the_browser(office):
    for accept, language in (("de-AT,de;q=0.9", "de"), ("es", "es"), ("xx", "en"), ("", "en")):
        response = office.get("/admin/", HTTP_ACCEPT_LANGUAGE=accept)
        assert (accept, response["Content-Language"]) == (accept, language)
        assert dict(Page(response).tags)["html"] == {"lang": language}


def test_name_of_the_shop_and_of_people_is_escaped(acme, office):
    user = person(acme, "x@acme.example", "staff", first_name="<b>Al</b>")

    response = Browser(acme, user).get("/admin/")

    assert b"<b>Al" not in response.content
    assert b"&lt;b&gt;Al" in response.content


@pytest.mark.parametrize(
    "path", ["/admin/imports/{}", "/admin/products/{}", "/admin/collections/{}"]
)
def test_unknown_row_is_a_page_with_404(office, path):
    missing = path.format("00000000-0000-7000-8000-000000000000")

    response = office.get(missing, HTTP_ACCEPT="text/html")

    assert response.status_code == 404
    assert Page(response).texts("h1")
