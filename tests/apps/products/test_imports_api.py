"""Imports and exports over HTTP."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.products.imports.running import run_import
from apps.products.models import ProductImport
from apps.products.views.imports import ImportProductsView
from apps.tenants.context import tenant_context
from tests.apps.api.lists import statements
from tests.apps.products.csv.files import rows_of
from tests.apps.products.factories import make_product
from tests.apps.products.imports.files import SIMPLE, import_rows
from tests.apps.users.factories import make_user

IMPORT, IMPORTS = "/api/products/import/", "/api/imports/"


def upload(client, *rows, path=IMPORT):
    file = SimpleUploadedFile("my products.csv", rows_of(*rows).encode(), "text/csv")
    return client.post(path, {"file": file}, format="multipart")


def test_upload_is_stored_and_queued(client, acme, staff):
    response = upload(client, SIMPLE, "pot,Pot,5")

    assert response.status_code == 202
    with tenant_context(acme):
        [queued] = ProductImport.objects.all()
    assert response.data == {"id": queued.pk}
    assert (queued.filename, queued.user_id) == ("my products.csv", staff.pk)
    assert queued.is_dry_run is False
    with default_storage.open(queued.stored_as) as file:
        assert file.read() == rows_of(SIMPLE, "pot,Pot,5").encode()


def test_import_shows_its_progress_and_first_messages(client, acme):
    pk = upload(client, f"{SIMPLE},Colour", "pot,Pot,5,red", *["cup,,x,"] * 150).data["id"]
    with tenant_context(acme):
        run_import(pk)

    response = client.get(f"{IMPORTS}{pk}/")

    assert response.status_code == 200
    body = response.json()
    assert [body[name] for name in ("status", "done", "total", "created", "failed")] == [
        "done",
        151,
        151,
        1,
        150,
    ]
    assert body["warnings"] == [
        {
            "line": 1,
            "column": "Colour",
            "code": "ignored_column",
            "detail": "This column is not imported.",
        }
    ]
    assert (len(body["errors"]), body["more_errors"], body["more_warnings"]) == (100, 52, 0)


def test_dry_run_is_asked_for_in_the_query(client, acme):
    pk = upload(client, SIMPLE, path=f"{IMPORT}?dry_run=1").data["id"]
    refused = upload(client, SIMPLE, path=f"{IMPORT}?dry_run=perhaps")

    assert client.get(f"{IMPORTS}{pk}/").data["dry_run"] is True
    assert refused.status_code == 400


@pytest.mark.parametrize("imports", [1, 3])
def test_list_takes_two_statements(client, imports):
    for _ in range(imports):
        upload(client, SIMPLE)

    with statements() as sent:
        assert len(client.get(IMPORTS).json()["results"]) == imports

    assert len(sent) == 2, sent


def test_export_is_a_file_of_the_shop(client, acme, globex, staff, globex_owner):
    with tenant_context(globex):
        make_product("theirs", price=1)
    with tenant_context(acme):
        import_rows(SIMPLE, "pot,Pot,5")

    response = client.get("/api/products/export.csv")

    assert response["Content-Disposition"] == 'attachment; filename="acme-products.csv"'
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbfHandle,Title")
    assert b"pot,Pot" in content
    assert b"theirs" not in content


@pytest.mark.parametrize("role", ["customer", ""])
def test_only_the_team_imports_and_exports(acme, acme_client, role):
    client = acme_client
    if role:
        with tenant_context(acme):
            client = acme_client.as_(make_user(role=role))

    statuses = {
        upload(client, SIMPLE).status_code,
        client.get(IMPORTS).status_code,
        client.get("/api/products/export.csv").status_code,
    }

    assert statuses == {403 if role else 401}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"file": "text"}, 400),
        ({"file": SimpleUploadedFile("empty.csv", b"")}, 400),
    ],
)
def test_body_without_a_file_is_refused(client, body, status):
    assert client.post(IMPORT, body, format="multipart").status_code == status


def test_json_is_refused(client):
    assert client.post(IMPORT, {}, format="json").status_code == 415


def test_too_large_upload_is_refused_before_it_is_read(client, monkeypatch):
    monkeypatch.setattr(ImportProductsView, "max_upload_bytes", -99_900)

    response = upload(client, SIMPLE, "pot,Pot,5")

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
