"""Imports as jobs: uploaded, run by a worker, and continued by the next one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.utils import timezone

from apps.jobs.models import Job, JobTicket
from apps.products.imports import batches
from apps.products.imports.running import _Run
from apps.products.models import Product, ProductImport
from apps.tenants.context import tenant_context
from tests.apps.api.assertions import problem
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.products.csv.files import rows_of
from tests.apps.products.imports.files import SIMPLE, counts_of, queue_import

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def upload(acme_client, owner):
    """Upload a file of three products as the shop's owner."""

    def post():
        rows = rows_of(SIMPLE, "pot,Pot,5", "mug,Mug,6", "cup,Cup,7")
        file = SimpleUploadedFile("products.csv", rows.encode(), "text/csv")
        client = acme_client.as_(owner)
        response = client.post("/api/products/import/", {"file": file}, format="multipart")
        assert response.status_code == 202
        return response.data["id"]

    return post


def failing_once(monkeypatch, error):
    """Let the second batch of an import fail after it was written, the first time only."""
    errors = [error]
    save = _Run._save

    def saving(run, **values):
        save(run, **values)
        if errors and values.get("position") == 2:
            raise errors.pop()

    monkeypatch.setattr(_Run, "_save", saving)
    monkeypatch.setattr(batches, "MAX_PRODUCTS", 1)


def test_worker_imports_an_uploaded_file(acme, globex, upload):
    pk = upload()

    assert run_all_jobs() == 1

    with tenant_context(acme):
        done = ProductImport.objects.get(pk=pk)
        assert (done.status, counts_of(done)) == ("done", {"total": 3, "done": 3, "created": 3})
        assert {*Product.objects.values_list("code", flat=True)} == {"pot", "mug", "cup"}
        assert not default_storage.exists(done.stored_as)
    with tenant_context(globex):
        assert not Product.objects.exists()


def test_next_worker_continues_an_interrupted_import(acme, upload, monkeypatch):
    failing_once(monkeypatch, OperationalError("the connection was lost"))
    pk = upload()
    run_all_jobs()
    with tenant_context(acme):
        running = ProductImport.objects.get(pk=pk)
        assert (running.status, counts_of(running)) == (
            "running",
            {"total": 3, "done": 1, "created": 1},
        )
    JobTicket.objects.update(run_at=timezone.now())

    run_all_jobs()

    with tenant_context(acme):
        done = ProductImport.objects.get(pk=pk)
        assert (done.status, counts_of(done)) == ("done", {"total": 3, "done": 3, "created": 3})
        assert Job.objects.get().attempts == 2


def test_import_with_an_unexpected_error_fails_and_keeps_its_batches(acme, upload, monkeypatch):
    failing_once(monkeypatch, ValueError("unexpected"))
    pk = upload()

    run_all_jobs()

    with tenant_context(acme):
        failed = ProductImport.objects.get(pk=pk)
        assert failed.status == "failed"
        assert [message.code for message in failed.messages.all()] == ["interrupted"]
        assert Product.objects.count() == 1
        assert not default_storage.exists(failed.stored_as)


def test_next_import_ends_lost_ones_and_deletes_old_ones(acme, owner, upload):
    running = upload()
    with tenant_context(acme):
        lost, command, old = (queue_import(SIMPLE, "pot,Pot,5") for _ in range(3))
        ProductImport.objects.filter(pk__in=[running, lost.pk]).update(created_at=days_ago(2))
        ProductImport.objects.filter(pk=old.pk).update(
            created_at=days_ago(91), finished_at=days_ago(91)
        )

    upload()

    with tenant_context(acme):
        statuses = dict(ProductImport.objects.values_list("pk", "status"))
        assert (statuses[running], statuses[lost.pk]) == ("queued", "failed")
        assert statuses[command.pk] == "queued"  # that of a command, which has no job
        assert old.pk not in statuses
        assert not default_storage.exists(lost.stored_as)


def test_shop_with_many_waiting_imports_is_refused_another(acme, owner, acme_client, settings):
    settings.JOB_QUOTAS = {**settings.JOB_QUOTAS, "imports": 1}
    client = acme_client.as_(owner)
    client.raise_request_exception = False

    def post():
        file = SimpleUploadedFile("products.csv", rows_of(SIMPLE, "pot,Pot,5").encode())
        return client.post("/api/products/import/", {"file": file}, format="multipart")

    assert post().status_code == 202
    problem(post(), 503)
    with tenant_context(acme):
        assert ProductImport.objects.count() == 1


def days_ago(days):
    return timezone.now() - timedelta(days=days)
