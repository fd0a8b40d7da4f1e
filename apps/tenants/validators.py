"""What a shop's code may be."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.exceptions import ValidationError

#: One DNS label of 3 to 63 characters (RFC 1123). Match it whole: `$` would let a newline pass.
CODE_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")

RESERVED_CODES = frozenset(
    line
    for line in Path(__file__).with_name("reserved_codes.txt").read_text().split("\n")
    if line and not line.startswith("#")
)


def is_well_formed_code(code: str) -> bool:
    """Tell whether `code` can be a subdomain of ours; `--` in third place is IDNA's."""
    return CODE_PATTERN.fullmatch(code) is not None and code[2:4] != "--"


def validate_code(code: str) -> None:
    """Raise ValidationError, code `malformed` or `reserved`, if no shop can be called `code`."""
    if not is_well_formed_code(code):
        raise ValidationError(
            "A shop code has 3 to 63 characters: small letters, digits, and hyphens between them.",
            code="malformed",
        )
    if code in RESERVED_CODES:
        raise ValidationError("This code is reserved.", code="reserved")
