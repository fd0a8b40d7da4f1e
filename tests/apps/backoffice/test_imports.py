"""Imports of files by the page, their progress and their report."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.products.imports.running import run_import
from apps.products.models import Product, ProductImport
from apps.tenants.context import tenant_context
from tests.apps.pages.html import Page
from tests.apps.products.csv.files import rows_of
from tests.apps.products.imports.files import SIMPLE

IMPORTS = "/admin/imports"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


def upload(browser, *rows, query=""):
    file = SimpleUploadedFile("my products.csv", rows_of(*rows).encode(), "text/csv")
    return browser.post(IMPORTS + query, {"file": file})


def run(acme):
    with tenant_context(acme):
        queued = ProductImport.objects.get()
        run_import(queued.pk)
    return queued


def codes(acme):
    with tenant_context(acme):
        return list(Product.objects.values_list("code", flat=True))


def refreshes(response):
    return [attrs for _, attrs in Page(response).tags if attrs.get("http-equiv") == "refresh"]


def test_upload_leads_to_its_progress(acme, office):
    response = upload(office, SIMPLE, "pot,Pot,5")

    with tenant_context(acme):
        queued = ProductImport.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"{IMPORTS}/{queued.pk}")
    assert queued.filename == "my products.csv"
    assert refreshes(office.get(response["Location"]))


def test_finished_import_is_not_reloaded(acme, office):
    location = upload(office, SIMPLE, "pot,Pot,5")["Location"]
    run(acme)

    response = office.get(location)

    assert refreshes(response) == []
    assert codes(acme) == ["pot"]


@pytest.mark.parametrize(("query", "saved"), [("?dry_run=1", []), ("", ["pot"])])
def test_trial_saves_nothing(acme, office, query, saved):
    upload(office, SIMPLE, "pot,Pot,5", query=query)

    assert run(acme).is_dry_run == bool(query)
    assert codes(acme) == saved


def test_form_offers_the_trial(office):
    buttons = [attrs for tag, attrs in Page(office.get(IMPORTS)).tags if tag == "button"]

    assert f"{IMPORTS}?dry_run=1" in [attrs.get("formaction") for attrs in buttons]


def test_report_names_the_refused_rows(acme, office):
    location = upload(office, SIMPLE, "pot,Pot,5", "cup,Cup,cheap", "<b>,,x")["Location"]
    run(acme)

    content = office.get(location).content.decode()

    assert "Variant Price" in content
    assert '<td class="table__number">3</td>' in content
    assert codes(acme) == ["pot"]
    assert "<b>" not in content


def test_report_is_that_of_the_api(acme, acme_client, office, people):
    upload(office, SIMPLE, "pot,Pot,5", "cup,Cup,cheap")
    pk = run(acme).pk
    answer = acme_client.as_(people["owner"]).get(f"/api/imports/{pk}/").json()

    content = office.get(f"{IMPORTS}/{pk}").content.decode()

    assert [error["detail"] for error in answer["errors"] if error["detail"] not in content] == []
    assert answer["errors"]


@pytest.mark.parametrize(
    "body", [{}, {"file": "text"}, {"file": SimpleUploadedFile("empty.csv", b"")}]
)
def test_form_without_a_file_has_a_message(acme, office, body):
    response = office.post(IMPORTS, body)

    assert response.status_code == 200
    assert Page(response).messages
    with tenant_context(acme):
        assert not ProductImport.objects.exists()


def test_wrong_trial_has_a_message(office):
    assert Page(upload(office, SIMPLE, query="?dry_run=perhaps")).messages


def test_imports_are_listed(acme, office):
    upload(office, SIMPLE, "pot,Pot,5")
    pk = run(acme).pk

    page = Page(office.get(IMPORTS))

    assert f"{IMPORTS}/{pk}" in page.links()
    assert "/admin/products/export.csv" in page.links()


def test_upload_of_a_customer_is_refused(acme, browser_of):
    assert upload(browser_of("customer"), SIMPLE).status_code == 403
    with tenant_context(acme):
        assert not ProductImport.objects.exists()
