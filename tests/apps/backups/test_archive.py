"""Backup files are complete, private and unmodified, or refused."""

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
    """Return the message of the BackupError."""
    with pytest.raises(BackupError) as caught, open_archive(path, **options):
        pass
    return str(caught.value)


def rewrite(path, **changed):
    """Replace members of a file without a new signature."""
    with ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    names = {"manifest": MANIFEST, "signature": SIGNATURE, "users": "users.copy"}
    members |= {names.get(name, name): content for name, content in changed.items()}
    with ZipFile(path, "w") as file:
        for name, content in members.items():
            if content is not None:
                file.writestr(name, content)


def test_archive_is_read_as_it_was_written(path):
    with open_archive(path) as (archive, manifest, is_signed):
        assert is_signed
        assert (manifest.tables, manifest.migrations) == (TABLES, ["users.0001_initial"])
        assert archive.read("users.copy") == ROWS


def test_archive_is_private_and_leaves_no_draft(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_existing_file_is_not_overwritten(path):
    before = path.read_bytes()

    with pytest.raises(BackupError, match="already exists"):
        make(path)

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_file_that_appears_meanwhile_is_not_overwritten(tmp_path):
    path = tmp_path / "x.zip"

    with pytest.raises(BackupError, match="already exists"), new_archive(path):
        path.write_text("of another")

    assert path.read_text() == "of another"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("interruption", [BackupError("no"), KeyboardInterrupt(), SystemExit(0)])
def test_interrupted_archive_leaves_no_file(tmp_path, interruption):
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


def test_missing_folder_is_refused(tmp_path):
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
def test_truncated_file_is_refused(path, left):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left)])

    assert "damaged or truncated" in refused(path)


def test_flipped_byte_is_detected_or_harmless(path):
    """Some bytes of a zip do not matter, but the content is never different."""
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


def test_file_of_another_installation_needs_trust(path, settings):
    settings.SECRET_KEY = "another " * 8

    assert "If you know its origin, pass --trust." in refused(path)
    with open_archive(path, trusted=True) as (_, manifest, is_signed):
        assert (manifest.tables, is_signed) == (TABLES, False)


def peak_memory(action):
    """Return the peak of the bytes that Python allocates during an action."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("part", [MANIFEST, SIGNATURE])
@pytest.mark.parametrize("compression", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_zip_bomb_is_refused_before_it_is_decompressed(tmp_path, part, compression, trusted):
    bomb = tmp_path / "x.zip"
    with ZipFile(bomb, "w", compression) as file:
        for name in {MANIFEST, SIGNATURE} - {part}:
            file.writestr(name, "{}")
        file.writestr(part, b" " * 100_000_000)

    sentences = []
    memory = peak_memory(lambda: sentences.append(refused(bomb, trusted=trusted)))

    assert "is not a backup, or is damaged or truncated" in sentences[0]
    assert memory < 20_000_000


def test_member_of_another_compression_is_refused(path):
    with ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content, ZIP_BZIP2 if name == "users.copy" else ZIP_DEFLATED)

    assert "is not a backup, or is damaged or truncated" in refused(path)


def test_deeply_nested_manifest_is_refused(path):
    rewrite(path, manifest=b"[" * 1_000_000)

    assert "is not a backup, or is damaged or truncated" in refused(path, trusted=True)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("changed", [{"users": b"id\n2\n"}, {"users": None}, {"more": b"x"}])
def test_members_that_differ_from_the_manifest_are_refused(path, changed, trusted):
    rewrite(path, **changed)

    assert "does not match its manifest" in refused(path, trusted=trusted)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b"null", b"\xff\xfe"])
def test_malformed_manifest_is_refused_with_trust_too(path, manifest):
    rewrite(path, manifest=manifest)

    assert "is not a backup, or is damaged or truncated" in refused(path, trusted=True)


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
def test_manifest_with_other_fields_is_refused_with_trust_too(path, changed):
    with ZipFile(path) as file:
        manifest = json.loads(file.read(MANIFEST)) | changed
    rewrite(path, manifest=json.dumps(manifest).encode())

    assert "is not a backup, or is damaged or truncated" in refused(path, trusted=True)
