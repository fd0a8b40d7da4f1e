"""What a shop's code may be."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from django.core.exceptions import ValidationError

#: One DNS label of 3 to 63 characters (RFC 1123). Match it whole: `$` would let a newline pass.
CODE_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")

#: Characters that look alike, and what each of them stands for in a skeleton.
LOOK_ALIKES = ("01l", "oii")

_KINDS = tomllib.loads(Path(__file__).with_name("reserved_codes.toml").read_text()).values()


def normalize_code(text: str) -> str:
    """Return `text` in lower case if it is ASCII; the Kelvin sign must not become a k."""
    return text.lower() if text.isascii() else text


def code_skeleton(code: str) -> str:
    """Return what all codes have in common that look like `code`."""
    return code.translate(str.maketrans(*LOOK_ALIKES))


def is_reserved_code(code: str) -> bool:
    """Return whether `code` looks like a reserved one, or like one of a kind that is numbered."""
    letters = code.replace("-", "")
    numbered = code_skeleton(letters.rstrip("0123456789")) in _NUMBERED_SKELETONS
    return numbered or code_skeleton(letters) in _RESERVED_SKELETONS


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
    if is_reserved_code(code):
        raise ValidationError("This code is reserved.", code="reserved")


def _skeletons(*, numbered_only: bool = False) -> frozenset[str]:
    kinds = [kind for kind in _KINDS if kind["numbered"] or not numbered_only]
    codes = " ".join(kind["codes"] for kind in kinds).split()
    return frozenset(code_skeleton(code.replace("-", "")) for code in codes)


_RESERVED_SKELETONS = _skeletons()
_NUMBERED_SKELETONS = _skeletons(numbered_only=True)
