"""What a password is, before it is judged, stored or compared."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

LONGEST = 128
#: Categories of what is no visible character, and letters and symbols that look like nothing.
_INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Mc", "Me"}
_BLANKS = "\u115f\u1160\u17b4\u17b5\u2800"


def normalise_password(text: str) -> str:
    """Return `text` in NFKC: what is typed alike is one password (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", text)


def validate_new_password(password: str, user: Any) -> None:
    """Raise ValidationError if the policy refuses the password for this user."""
    password = normalise_password(password)
    if all(unicodedata.category(c) in _INVISIBLE or c in _BLANKS for c in password):
        raise ValidationError("A password has a visible character.", code="blank")
    if any(unicodedata.category(c) == "Cs" for c in password):
        raise ValidationError("A password is Unicode text.", code="invalid")
    if len(password) > LONGEST:
        raise ValidationError(f"At most {LONGEST} characters.", code="max_length")
    validate_password(password, user)
