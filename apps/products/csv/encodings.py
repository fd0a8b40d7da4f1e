from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_noop as _

from apps.products.csv.exceptions import FileRefused

_CHUNK = 1 << 16
_UNDECODED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")


@dataclass(frozen=True)
class Encoding:
    """A codec, the error handler that marks what it cannot decode, and the marks."""

    name: str
    errors: str
    marks: re.Pattern[str]


_UTF_16 = Encoding("utf-16", "replace", re.compile("\ufffd"))
_UTF_8 = Encoding("utf-8-sig", "surrogateescape", _UNDECODED)
_WINDOWS = Encoding("cp1252", "surrogateescape", _UNDECODED)


def detect_encoding(file: BinaryIO) -> Encoding:
    """Return the encoding of a seekable file, which is read once and rewound.

    A file with more invalid bytes than UTF-8 characters is Windows-1252. Otherwise it is UTF-8
    with damaged rows, which are refused: one stray byte must not garble every other row.
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _UTF_16
    if start.startswith(b"PK\x03\x04"):
        raise FileRefused(
            "spreadsheet", _("This is a spreadsheet or ZIP file. Save it as CSV first.")
        )
    invalid, valid = _count(file)
    file.seek(0)
    is_utf_8 = start.startswith(codecs.BOM_UTF8) or invalid <= valid
    return _UTF_8 if is_utf_8 else _WINDOWS


def _count(file: BinaryIO) -> tuple[int, int]:
    """Return the numbers of bytes that are not UTF-8 and of characters beyond ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    invalid = valid = 0
    while chunk := file.read(_CHUNK):
        text = decoder.decode(chunk)
        if not text.isascii():
            invalid += len(_UNDECODED.findall(text))
            valid += len(_BEYOND_ASCII.findall(text))
    return invalid + len(decoder.decode(b"", final=True)), valid
