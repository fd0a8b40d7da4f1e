from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command

from apps.jobs.models import Job
from apps.products.images.jobs import fetch_images
from apps.products.models import Product, ProductImport
from apps.tenants.context import tenant_context
from tests.apps.products.csv.files import rows_of
from tests.apps.products.imports.files import SIMPLE, export, import_rows

pytestmark = pytest.mark.django_db


def run(*args, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command(*args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text(rows_of(SIMPLE, "pot,Pot,5", "mug,Mug,6"))
    return path


def test_file_is_imported_into_the_shop(acme, globex, owner, file):
    out, _ = run("import_products", "acme", str(file))

    assert out == "2 rows: 2 products created, 0 updated, 0 unchanged.\n"
    with tenant_context(acme):
        assert {*Product.objects.values_list("code", "added_by")} == {
            ("pot", owner.pk),
            ("mug", owner.pk),
        }
    with tenant_context(globex):
        assert not Product.objects.exists()


def test_dry_run_writes_nothing(acme, owner, file):
    out, _ = run("import_products", "acme", str(file), dry_run=True)

    assert out == "2 rows: 2 products would be created, 0 updated, 0 unchanged.\n"
    with tenant_context(acme):
        assert not Product.objects.exists()


def test_refused_rows_are_printed_and_fail_the_command(acme, owner, file, capsys):
    file.write_text(rows_of(SIMPLE, "pot,Pot,5", "mug,Mug,call us"))

    with pytest.raises(CommandError, match="1 rows are refused"):
        call_command("import_products", "acme", str(file))

    printed = capsys.readouterr()
    assert "1 products created" in printed.out
    assert "error: line 3, Variant Price: “call us” is not a price." in printed.err


@pytest.mark.parametrize(
    ("args", "refusal"),
    [
        (["nowhere", "{file}"], "There is no shop with the code nowhere."),
        (["acme", "{file}.no"], "No such file or directory."),
        (["acme", "{file}", "--user", "x@y.example"], "There is no user x@y.example."),
        (["globex", "{file}"], "The shop has no active owner."),
    ],
)
def test_import_that_cannot_start_is_refused(acme, globex, owner, file, args, refusal):
    with pytest.raises(CommandError, match=re.escape(refusal)):
        run("import_products", *(arg.format(file=file) for arg in args))

    with tenant_context(acme):
        assert not ProductImport.objects.exists()


def test_interrupted_import_leaves_no_file_behind(acme, owner, file, monkeypatch):
    def interrupt(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("apps.products.imports.running.import_batch", interrupt)

    with pytest.raises(CommandError, match="Interrupted") as refusal:
        run("import_products", "acme", str(file))

    assert refusal.value.returncode == 130
    with tenant_context(acme):
        [left] = ProductImport.objects.all()
        assert (left.status, left.messages.get().code) == ("failed", "interrupted")


def test_export_goes_to_a_file_or_to_the_standard_output(acme, owner, tmp_path, capfdbinary):
    with tenant_context(acme):
        import_rows(SIMPLE, "pot,Pot,5")
        expected = export()
    path = tmp_path / "out.csv"

    out, _ = run("export_products", "acme", str(path))
    call_command("export_products", "acme")

    assert path.read_bytes() == expected
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]
    assert out == f"Wrote 1 products to {path}.\n"
    assert capfdbinary.readouterr().out == expected


def test_pictures_of_earlier_imports_are_enqueued(acme, owner, settings):
    settings.FETCH_IMAGES = False
    with tenant_context(acme):
        import_rows(f"{SIMPLE},Image Src", "pot,Pot,5,https://cdn.example/1.jpg")
        assert not Job.objects.exists()
    with pytest.raises(CommandError, match="Set FETCH_IMAGES"):
        run("fetch_images", "acme")
    settings.FETCH_IMAGES = True

    out, _ = run("fetch_images", "acme")

    assert out == "Enqueued the downloads of 1 images.\n"
    with tenant_context(acme):
        assert [job.task for job in Job.objects.all()] == [fetch_images.module_path]
