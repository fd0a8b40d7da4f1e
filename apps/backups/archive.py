"""The backup file of a shop: a zip of its tables' rows, its files and a signed manifest."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from django.core.signing import Signer
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from apps.backups.exceptions import BackupError

MANIFEST = "manifest.json"
SIGNATURE = "manifest.signature"

_MAX_MANIFEST_BYTES = 4 << 20
_FORMAT_ERRORS = (
    *(AttributeError, BadZipFile, EOFError, KeyError, NotImplementedError, RecursionError),
    *(TypeError, ValueError, zlib.error),
)


@dataclass(frozen=True)
class Digest:
    """The number of rows of a table, and the SHA-256 of their ordered text."""

    rows: int
    sha256: str


@dataclass
class Manifest:
    """The shop's row in the table of tenants, the applied migrations, and digests of the rest.

    `files` has the SHA-256 of each stored file.
    """

    shop: dict[str, Any]
    migrations: list[str]
    tables: dict[str, Digest]
    files: dict[str, str] = field(default_factory=dict)
    created: str = field(default_factory=lambda: timezone.now().isoformat(timespec="seconds"))


def member(table: str) -> str:
    """Return the name of the archive member with the rows of a table."""
    return f"{table}.copy"


def file_member(name: str) -> str:
    """Return the name of the archive member with a stored file."""
    return f"files/{name}"


@contextmanager
def new_archive(path: Path) -> Iterator[ZipFile]:
    """Yield an archive that becomes `path`, readable by its owner only, if the block succeeds."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _require_absent(path)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        _require_absent(path)
        draft.rename(path)
        os.fsync(folder := os.open(path.parent, os.O_RDONLY))
        os.close(folder)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(NotADirectoryError):  # reported above
            draft.unlink(missing_ok=True)


def seal(archive: ZipFile, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), indent=1, default=str)
    archive.writestr(MANIFEST, text)
    archive.writestr(SIGNATURE, _signature(text))


@contextmanager
def open_archive(path: Path, *, trusted: bool = False) -> Iterator[tuple[ZipFile, Manifest, bool]]:
    """Yield the archive, its manifest and whether this installation signed it.

    Raise BackupError if it was modified. A `trusted` file does not need a valid signature.
    """
    with ExitStack() as stack:
        try:
            contents = _checked(path, stack.enter_context(ZipFile(path)), trusted=trusted)
        except OSError as error:
            raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
        except _FORMAT_ERRORS as error:
            raise BackupError(f"{path} is not a backup, or is damaged or truncated.") from error
        yield contents


def _checked(path: Path, file: ZipFile, *, trusted: bool) -> tuple[ZipFile, Manifest, bool]:
    # Other compressions are decompressed in one piece, which no limit on a read bounds.
    if any(info.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for info in file.filelist):
        raise BadZipFile("Unsupported compression.")
    signature, text = _read_text(file, SIGNATURE), _read_text(file, MANIFEST)
    is_signed = constant_time_compare(signature, _signature(text))
    if not is_signed and not trusted:
        raise BackupError(
            f"{path} is not signed with this SECRET_KEY: it was modified, or made by another "
            "installation. If you know its origin, pass --trust."
        )
    manifest = parse_manifest(text)
    digests = {member(table): digest.sha256 for table, digest in manifest.tables.items()}
    digests |= {file_member(name): digest for name, digest in manifest.files.items()}
    is_complete = sorted(file.namelist()) == sorted([*digests, MANIFEST, SIGNATURE])
    if not is_complete or any(_sha256(file, name) != digests[name] for name in digests):
        raise BackupError(f"{path} does not match its manifest.")
    return file, manifest, is_signed


def parse_manifest(text: str) -> Manifest:
    """Return the manifest; raise one of _FORMAT_ERRORS if the text is not a manifest."""
    fields = json.loads(text)
    tables = {name: Digest(**digest) for name, digest in fields.pop("tables").items()}
    manifest = Manifest(tables=tables, **fields)
    names = [UUID(manifest.shop["id"]).hex, manifest.shop["code"], *manifest.migrations]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("Not a string.")
    if any(".." in name.split("/") or name.startswith("/") for name in manifest.files):
        raise ValueError("A file outside of the shop's folder.")
    return manifest


def _signature(text: str) -> str:
    return Signer(salt="apps.backups.archive").signature(text)


def _read_text(file: ZipFile, name: str) -> str:
    """Return a member; its size is bounded, as the signature is not verified yet."""
    with file.open(name) as part:
        content = part.read(_MAX_MANIFEST_BYTES + 1)
    if len(content) > _MAX_MANIFEST_BYTES:
        raise BadZipFile("The manifest is too long.")
    return content.decode()


def _sha256(file: ZipFile, name: str) -> str:
    with file.open(name) as part:
        return file_digest(part, "sha256").hexdigest()  # type: ignore[arg-type]


def _require_absent(path: Path) -> None:
    if path.exists():
        raise BackupError(f"{path} already exists and is not overwritten.")
