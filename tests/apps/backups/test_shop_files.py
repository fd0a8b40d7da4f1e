"""The files of a shop are in its backup, and those of no other."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.backups.shop_files import ShopFiles
from tests.apps.backups.files import forge, lose_rows, parts, refusal, run

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

NAME = "images/abc/160.webp"


@pytest.fixture
def picture(acme, globex):
    """A file of acme, whose neighbour has one of the same name."""
    names = {shop: f"{shop.pk}/{NAME}" for shop in (acme, globex)}
    for shop, name in names.items():
        default_storage.save(name, ContentFile(f"picture of {shop.code}".encode()))
    yield names[acme]
    for name in names.values():
        default_storage.delete(name)


@pytest.fixture
def backup(picture, tmp_path):
    path = tmp_path / "acme.zip"
    run("backup", path, "--shop", "acme")
    return path


def content(name):
    with default_storage.open(name) as file:
        return file.read()


def test_lost_and_changed_files_are_restored(acme, picture, backup):
    members, manifest = parts(backup)
    assert manifest.files == {NAME: sha256(b"picture of acme").hexdigest()}
    assert members[f"files/{NAME}"] == b"picture of acme"

    for present in (None, b"another"):
        default_storage.delete(picture)
        if present:
            default_storage.save(picture, ContentFile(present))
        lose_rows(acme)
        run("restore", backup, "--shop", "acme", "--replace")
        assert content(picture) == b"picture of acme"


def test_file_that_is_deleted_meanwhile_is_left_out(acme, picture, tmp_path, monkeypatch):
    listed = ShopFiles.__iter__

    def listing(files):
        yield "uploads/finished"
        yield from listed(files)

    monkeypatch.setattr(ShopFiles, "__iter__", listing)
    path = tmp_path / "acme.zip"

    run("backup", path, "--shop", "acme")

    assert parts(path)[1].files.keys() == {NAME}


def test_damaged_file_is_refused(backup):
    forged = forge(backup, lambda members, _: members.update({f"files/{NAME}": b"damaged"}))

    assert "does not match its manifest" in refusal("restore", forged, "--shop", "acme")


def test_file_of_another_folder_is_refused(globex, picture, backup):
    outside = f"../{globex.pk}/{NAME}"

    def escape(members, manifest):
        members[f"files/{outside}"] = b"forged"
        manifest.files[outside] = sha256(b"forged").hexdigest()

    refusal("restore", forge(backup, escape), "--shop", "acme", "--replace")

    assert content(f"{globex.pk}/{NAME}") == b"picture of globex"
