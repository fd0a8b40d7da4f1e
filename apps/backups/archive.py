"""The file of a shop's backup: a zip of its tables' rows and a signed manifest."""

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

_LONGEST_MANIFEST = 4 << 20
_DAMAGE = (
    *(AttributeError, BadZipFile, EOFError, KeyError, NotImplementedError, RecursionError),
    *(TypeError, ValueError, zlib.error),
)


@dataclass(frozen=True)
class Digest:
    """The number of a table's rows, and the SHA-256 of their text in order."""

    rows: int
    sha256: str


@dataclass
class Manifest:
    """The shop's row of the registry, the schema's migrations, and the digest of each table."""

    shop: dict[str, Any]
    migrations: list[str]
    tables: dict[str, Digest]
    created: str = field(default_factory=lambda: timezone.now().isoformat(timespec="seconds"))


def member(table: str) -> str:
    """Return the name of the part that holds a table's rows."""
    return f"{table}.copy"


@contextmanager
def new_archive(path: Path) -> Iterator[ZipFile]:
    """Write the file for the block: `path` is there, whole and private, when it ended well."""
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
        with suppress(NotADirectoryError):  # then there is nothing, and the refusal says why
            draft.unlink(missing_ok=True)


def seal(archive: ZipFile, manifest: Manifest) -> None:
    """Add the manifest and its signature."""
    text = json.dumps(asdict(manifest), indent=1, default=str)
    archive.writestr(MANIFEST, text)
    archive.writestr(SIGNATURE, _signature(text))


@contextmanager
def open_archive(path: Path, *, trusted: bool = False) -> Iterator[tuple[ZipFile, Manifest, bool]]:
    """Yield a file's parts, its manifest and whether this installation has signed it.

    Raise BackupError if it is not as it was written; only a `trusted` one need not be signed.
    """
    with ExitStack() as stack:
        try:
            contents = _checked(path, stack.enter_context(ZipFile(path)), trusted=trusted)
        except OSError as error:
            raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
        except _DAMAGE as error:
            raise BackupError(f"{path} is no backup, or was damaged or cut short.") from error
        yield contents


def _checked(path: Path, file: ZipFile, *, trusted: bool) -> tuple[ZipFile, Manifest, bool]:
    # zipfile unpacks parts of other compressions as a whole.
    if any(info.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for info in file.filelist):
        raise BadZipFile("Another compression.")
    signature, text = _text(file, SIGNATURE), _text(file, MANIFEST)
    is_signed = constant_time_compare(signature, _signature(text))
    if not is_signed and not trusted:
        raise BackupError(
            f"{path} is not signed with this SECRET_KEY: it was changed, or made elsewhere. "
            "If you know who made it, say --trust."
        )
    manifest = parse_manifest(text)
    digests = {member(table): digest.sha256 for table, digest in manifest.tables.items()}
    is_whole = sorted(file.namelist()) == sorted([*digests, MANIFEST, SIGNATURE])
    if not is_whole or any(_sha256(file, name) != digests[name] for name in digests):
        raise BackupError(f"{path} holds something else than its manifest says.")
    return file, manifest, is_signed


def parse_manifest(text: str) -> Manifest:
    """Return the manifest; raise an error of _DAMAGE if the text is not one."""
    fields = json.loads(text)
    tables = {name: Digest(**digest) for name, digest in fields.pop("tables").items()}
    found = Manifest(tables=tables, **fields)
    names = [UUID(found.shop["id"]).hex, found.shop["code"], *found.migrations]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("Another type.")
    return found


def _signature(text: str) -> str:
    return Signer(salt="apps.backups.archive").signature(text)


def _text(file: ZipFile, name: str) -> str:
    """Return a part that is read before its signature is verified, hence a bounded one."""
    with file.open(name) as part:
        content = part.read(_LONGEST_MANIFEST + 1)
    if len(content) > _LONGEST_MANIFEST:
        raise BadZipFile("The manifest is too long.")
    return content.decode()


def _sha256(file: ZipFile, name: str) -> str:
    with file.open(name) as part:
        return file_digest(part, "sha256").hexdigest()  # type: ignore[arg-type]


def _require_absent(path: Path) -> None:
    if path.exists():
        raise BackupError(f"{path} exists already, and is not overwritten.")
