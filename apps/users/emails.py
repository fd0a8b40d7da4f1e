"""The one spelling of an e-mail address."""

from __future__ import annotations

import re
from typing import Any

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models

LONGEST = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
#: Printable ASCII; in quotes, a mailbox would have a second spelling.
_LOCAL = re.compile("[!#-~]{1,64}")
_is_address = EmailValidator(allowlist=[])  # by default, `localhost` is let through


def normalise_email(text: str) -> str:
    """Return `text` with the domain as its A-label (UTS 46, IDNA 2008) and in lower case.

    Raises ValidationError for what is not an address, or has a local part that is not ASCII.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        if len(text) > LONGEST or not _LOCAL.fullmatch(local):
            raise ValidationError("")
        email = f"{local}@{idna.encode(domain, uts46=True).decode()}".lower()
        _is_address(email)
        if len(email) > LONGEST:
            raise ValidationError("")
    except (ValidationError, UnicodeError) as error:  # IDNAError is a UnicodeError
        raise ValidationError("Enter a valid email address.", code="invalid") from error
    return email


class AddressField(models.EmailField):
    """An e-mail address in its one spelling, however it is assigned or looked up."""

    def to_python(self, value: Any) -> Any:
        return normalise_email(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        email = normalise_email(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, email)
        return email

    def get_prep_value(self, value: Any) -> Any:
        try:
            return self.to_python(value)
        except ValidationError:
            return value  # no row has it
