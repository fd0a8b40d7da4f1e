"""The file is whole, private and as it was signed, or it is not there."""

from __future__ import annotations

import json
import os
import stat
import tracemalloc
from hashlib import sha256
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from apps.backups.archive import (
    MANIFEST,
    SIGNATURE,
    Digest,
    Manifest,
    new_archive,
    open_archive,
    seal,
)
from apps.backups.exceptions import BackupError

SHOP = {"id": "01900000-0000-7000-8000-000000000000", "code": "acme"}
ROWS = b"id\n1\n" * 1000
TABLES = {"users": Digest(1999, sha256(ROWS).hexdigest())}


def make(path):
    with new_archive(path) as archive:
        archive.writestr("users.copy", ROWS)
        seal(archive, Manifest(SHOP, ["users.0001_initial"], TABLES))
    return path


@pytest.fixture
def path(tmp_path):
    return make(tmp_path / "x.zip")


def refused(path, **options):
    """Return the sentence with which a file is not opened."""
    with pytest.raises(BackupError) as caught, open_archive(path, **options):
        pass
    return str(caught.value)


def rewrite(path, **changed):
    """Put other parts into a file, and leave the signature as it was."""
    with ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    names = {"manifest": MANIFEST, "signature": SIGNATURE, "users": "users.copy"}
    members |= {names.get(name, name): content for name, content in changed.items()}
    with ZipFile(path, "w") as file:
        for name, content in members.items():
            if content is not None:
                file.writestr(name, content)


def test_file_comes_back_as_it_was_written(path):
    with open_archive(path) as (archive, manifest, is_signed):
        assert is_signed
        assert (manifest.tables, manifest.migrations) == (TABLES, ["users.0001_initial"])
        assert archive.read("users.copy") == ROWS


def test_file_is_private_and_alone(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_file_is_never_overwritten(path):
    before = path.read_bytes()

    with pytest.raises(BackupError, match="exists already"):
        make(path)

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_file_that_appears_meanwhile_is_not_overwritten(tmp_path):
    path = tmp_path / "x.zip"

    with pytest.raises(BackupError, match="exists already"), new_archive(path):
        path.write_text("somebody else's")

    assert path.read_text() == "somebody else's"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("interruption", [BackupError("no"), KeyboardInterrupt(), SystemExit(0)])
def test_nothing_is_left_of_what_did_not_end(tmp_path, interruption):
    def interrupted():
        with new_archive(tmp_path / "x.zip") as archive:
            archive.writestr("users.copy", b"half")
            seen.extend(tmp_path.iterdir())
            raise interruption

    seen = []
    with pytest.raises(type(interruption)):
        interrupted()

    assert len(seen) == 1
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_none_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="cannot be written: Not a directory"):
        make(tmp_path / "file" / "x.zip")
    with pytest.raises(BackupError, match="cannot be written: No such file or directory"):
        make(tmp_path / "missing" / "x.zip")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_refused(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(BackupError, match="cannot be written: Permission denied"):
        make(tmp_path / "x.zip")


@pytest.mark.parametrize("left", [0.0, 0.3, 0.6, 0.9, 0.999])
def test_file_that_was_cut_short_is_refused(path, left):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left)])

    assert "damaged or cut short" in refused(path)


def test_every_flipped_byte_is_noticed_or_harms_nothing(path):
    """Some bytes of a zip say nothing, such as an entry's date; what comes out is never other."""
    content = path.read_bytes()
    noticed = 0
    for place in range(0, len(content), 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        try:
            with open_archive(path) as (archive, manifest, _):
                assert archive.read("users.copy") == ROWS
                assert manifest.tables == TABLES
        except BackupError:
            noticed += 1

    assert noticed > len(content) / 7 / 2


def test_missing_file_is_refused(tmp_path):
    assert "cannot be read: No such file or directory" in refused(tmp_path / "x.zip")
    assert "cannot be read: Is a directory" in refused(tmp_path)


def test_changed_manifest_is_refused(path):
    with ZipFile(path) as file:
        manifest = file.read(MANIFEST)
    rewrite(path, manifest=manifest.replace(b"users.0001_initial", b"users.0002_other"))

    assert "is not signed with this SECRET_KEY" in refused(path)


def test_other_installations_file_is_taken_on_trust_alone(path, settings):
    settings.SECRET_KEY = "another " * 8

    assert "If you know who made it, say --trust." in refused(path)
    with open_archive(path, trusted=True) as (_, manifest, is_signed):
        assert (manifest.tables, is_signed) == (TABLES, False)


def peak_memory(action):
    """Return the bytes that Python held at the most during an action, beyond those before it."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("part", [MANIFEST, SIGNATURE])
@pytest.mark.parametrize("compression", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_bomb_is_refused_before_it_is_unpacked(tmp_path, part, compression, trusted):
    bomb = tmp_path / "x.zip"
    with ZipFile(bomb, "w", compression) as file:
        for name in {MANIFEST, SIGNATURE} - {part}:
            file.writestr(name, "{}")
        file.writestr(part, b" " * 100_000_000)

    sentences = []
    memory = peak_memory(lambda: sentences.append(refused(bomb, trusted=trusted)))

    assert "is no backup, or was damaged or cut short" in sentences[0]
    assert memory < 20_000_000


def test_part_that_unpacks_all_at_once_is_refused(path):
    with ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content, ZIP_BZIP2 if name == "users.copy" else ZIP_DEFLATED)

    assert "is no backup, or was damaged or cut short" in refused(path)


def test_deeply_nested_manifest_is_refused(path):
    rewrite(path, manifest=b"[" * 1_000_000)

    assert "is no backup, or was damaged or cut short" in refused(path, trusted=True)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("changed", [{"users": b"id\n2\n"}, {"users": None}, {"more": b"x"}])
def test_parts_other_than_the_manifests_are_refused(path, changed, trusted):
    rewrite(path, **changed)

    assert "holds something else than its manifest says" in refused(path, trusted=trusted)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b"null", b"\xff\xfe"])
def test_manifest_that_is_none_is_refused_on_trust_too(path, manifest):
    rewrite(path, manifest=manifest)

    assert "is no backup, or was damaged or cut short" in refused(path, trusted=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"tables": []},
        {"tables": {"users": {"rows": 1}}},
        {"migrations": 1},
        {"migrations": [[]]},
        {"shop": None},
        {"shop": {"id": SHOP["id"]}},
        {"shop": {"id": "x", "code": "acme"}},
        {"shop": {"id": SHOP["id"], "code": 1}},
        {"more": 1},
    ],
)
def test_manifest_with_other_fields_is_refused_on_trust_too(path, changed):
    with ZipFile(path) as file:
        manifest = json.loads(file.read(MANIFEST)) | changed
    rewrite(path, manifest=json.dumps(manifest).encode())

    assert "is no backup, or was damaged or cut short" in refused(path, trusted=True)
