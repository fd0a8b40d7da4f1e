"""The file of a backup: a zip of what was dumped and a signed manifest of it."""

from __future__ import annotations

import json
import os
import tomllib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from django.core.signing import Signer
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from apps.backups.digests import Digest
from apps.backups.exceptions import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.signature"

_LONGEST_MANIFEST = 4 << 20
_IDENTITY = {"id", "code"}
_DAMAGE = (
    *(BadZipFile, EOFError, KeyError, NotImplementedError, RecursionError, ValueError),
    zlib.error,
)


def _version() -> str:
    project = tomllib.loads((settings.ROOT_DIR / "pyproject.toml").read_text())
    version: str = project["project"]["version"]
    return version


@dataclass
class Manifest:
    """What is in the file, and what has to be in the database once it is restored.

    `shop` is the row of the registry that a backup of one shop belongs to; `walls` is what guards
    the tables of a backup of everything. `members` are the SHA-256 of the file's other parts.
    """

    server: int
    migrations: list[str]
    tables: dict[str, Digest]
    shop: dict[str, Any] | None = None
    walls: dict[str, Any] | None = None
    members: dict[str, str] = field(default_factory=dict)
    created: str = field(default_factory=lambda: timezone.now().isoformat(timespec="seconds"))
    version: str = field(default_factory=_version)
    format: int = FORMAT

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the manifest; raise ValueError for anything that is none."""
        try:
            found = json.loads(text)
            if found.pop("format") != FORMAT:
                raise ValueError("another format")
            tables = {name: Digest(**digest) for name, digest in found.pop("tables").items()}
            manifest = cls(tables=tables, **found)
            for name, kind in (("server", int), ("migrations", list), ("members", dict)):
                if not isinstance(getattr(manifest, name), kind):
                    raise ValueError(name)
            if manifest.shop is not None and not manifest.shop.keys() >= _IDENTITY:
                raise ValueError("shop")
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(str(error)) from error
        return manifest


class ArchiveWriter:
    """Takes the parts of a file, one after the other, and the manifest last."""

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        self._members: dict[str, str] = {}

    @contextmanager
    def member(self, name: str, *, packed: bool = False) -> Iterator[HashedFile]:
        """Open a part for writing; one that is `packed` already is not compressed again."""
        with self._file.open(_entry(name, packed=packed), "w", force_zip64=True) as raw:
            file = HashedFile(raw)
            yield file
        self._members[name] = file.digest.hexdigest()

    def seal(self, manifest: Manifest) -> None:
        manifest.members = self._members
        text = json.dumps(asdict(manifest), indent=1, default=str)
        self._file.writestr(_entry(MANIFEST), text)
        self._file.writestr(_entry(SIGNATURE), _signer().signature(text))


class HashedFile:
    """A file that is written to, and the SHA-256 of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write the file for the block: `path` is there, whole and private, when it ended well."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _require_absent(path)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with ZipFile(file, "w") as archive:
                yield ArchiveWriter(archive)
            file.flush()
            os.fsync(file.fileno())
        _require_absent(path)
        draft.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(NotADirectoryError):  # then there is nothing, and the refusal says why
            draft.unlink(missing_ok=True)


class Archive:
    """A file whose signature and every byte were checked."""

    def __init__(self, file: ZipFile, manifest: Manifest, *, is_signed: bool) -> None:
        self._file = file
        self.manifest = manifest
        self.is_signed = is_signed

    def open(self, member: str) -> IO[bytes]:
        """Open a part that the manifest has, for reading."""
        if member not in self.manifest.members:
            raise BackupError(f"The file lacks its part {member}.")
        return self._file.open(member)


@contextmanager
def open_archive(path: Path, *, trusted: bool = False) -> Iterator[Archive]:
    """Open a file, or raise BackupError if it is not as it was written.

    A `trusted` one need not be signed by this installation.
    """
    with _legible(path):
        file = ZipFile(path)
    with file:
        with _legible(path):
            # zipfile unpacks parts of other compressions as a whole.
            if any(info.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for info in file.filelist):
                raise BadZipFile("Another compression.")
            signature = _text(file, SIGNATURE)
            text = _text(file, MANIFEST)
            is_signed = _is_signed(text, signature)
            if not is_signed and not trusted:
                raise BackupError(
                    f"{path} is not signed with this SECRET_KEY: it was changed, or made "
                    "elsewhere. If you know who made it, say --trust."
                )
            archive = Archive(file, Manifest.from_json(text), is_signed=is_signed)
            _require_members(path, file, archive.manifest)
        yield archive


@contextmanager
def _legible(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
    except _DAMAGE as error:
        raise BackupError(f"{path} is no backup, or was damaged or cut short.") from error


def _signer() -> Signer:
    return Signer(salt="apps.backups.archive")


def _is_signed(text: str, signature: str) -> bool:
    return constant_time_compare(signature, _signer().signature(text))


def _text(file: ZipFile, name: str) -> str:
    """Return a part that is read before its signature is verified, hence a bounded one."""
    with file.open(name) as part:
        content = part.read(_LONGEST_MANIFEST + 1)
    if len(content) > _LONGEST_MANIFEST:
        raise BadZipFile("The manifest is too long.")
    return content.decode()


def _require_members(path: Path, file: ZipFile, manifest: Manifest) -> None:
    is_whole = sorted(file.namelist()) == sorted([*manifest.members, MANIFEST, SIGNATURE])
    if not is_whole or any(
        _sha256(file, name) != digest for name, digest in manifest.members.items()
    ):
        raise BackupError(f"{path} holds something else than its manifest says.")


def _sha256(file: ZipFile, name: str) -> str:
    with file.open(name) as part:
        return file_digest(part, "sha256").hexdigest()  # type: ignore[arg-type]


def _entry(name: str, *, packed: bool = False) -> ZipInfo:
    entry = ZipInfo(name, timezone.now().timetuple()[:6])
    entry.compress_type = ZIP_STORED if packed else ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _require_absent(path: Path) -> None:
    if path.exists():
        raise BackupError(f"{path} exists already, and is not overwritten.")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
