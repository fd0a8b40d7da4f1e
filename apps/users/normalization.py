"""Normalization of e-mail addresses and passwords."""

from __future__ import annotations

import re
import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

MAX_EMAIL = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
MAX_PASSWORD = 128

#: Printable ASCII without quotes, in which a mailbox would have a second spelling.
_LOCAL_PART = re.compile("[!#-~]{1,64}")
_validate_address = EmailValidator(allowlist=[])  # the default allows `localhost`


def normalize_email(text: str) -> str:
    """Return the address in lower case, with the domain as A-labels (UTS 46, IDNA 2008).

    Raise ValidationError if it is not an address, or its local part is not ASCII.
    """
    local, _at, domain = text.strip().rpartition("@")
    try:
        if len(text) > MAX_EMAIL or not _LOCAL_PART.fullmatch(local):
            raise ValidationError("")
        email = f"{local}@{idna.encode(domain, uts46=True).decode()}".lower()
        _validate_address(email)
        if len(email) > MAX_EMAIL:
            raise ValidationError("")
    except (ValidationError, UnicodeError) as error:  # IDNAError is a UnicodeError
        raise ValidationError(_("Enter a valid email address."), code="invalid") from error
    return email


def normalize_password(text: str) -> str:
    """Return `text` in NFKC (NIST SP 800-63B-4, 3.1.1.2), independent of the keyboard."""
    return unicodedata.normalize("NFKC", text)
