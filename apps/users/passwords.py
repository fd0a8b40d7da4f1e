"""The password policy and changes of passwords."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.mail.delivery import send_after_commit
from apps.throttling.models import TenantCounter
from apps.throttling.rate_limits import LOGIN_BY_EMAIL
from apps.users.models import EmailToken, LoginSession, User
from apps.users.normalization import MAX_PASSWORD, normalize_password

#: Unicode categories without a visible character, and blank letters and symbols.
_INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Mc", "Me"}
_BLANKS = "\u115f\u1160\u17b4\u17b5\u2800"


def validate_new_password(password: str, user: User, field: str = "password") -> None:
    """Raise ValidationError at `field` if the policy refuses the password for this user."""
    try:
        _validate(normalize_password(password), user)
    except ValidationError as error:
        raise ValidationError({field: error.error_list}) from error


def create_account(user: User, password: str) -> None:
    """Save a new `user` with this password; raise ValidationError if the policy refuses it."""
    validate_new_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)


def set_password(
    user: User, password: str, *, field: str = "password", request: Any = None
) -> None:
    """Set the password of `user` and end all their sessions, except that of `request`.

    Void the links to reset it or to change the e-mail, and notify the user by mail.
    Raise ValidationError at `field` if the policy refuses the password.
    """
    validate_new_password(password, user, field)
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        sessions = LoginSession.objects.filter(user=user)
        (sessions.exclude(pk=request.auth["sid"]) if request else sessions).end()
        links = EmailToken.objects.filter(user=user)
        # A link that confirms the present address stays usable.
        links.exclude(purpose=EmailToken.Purpose.EMAIL_CONFIRMATION, email=user.email).void()
        client = request and request.client
        send_after_commit(user.email, "password_changed", {}, tenant=user.tenant, client=client)
    TenantCounter.objects.clear(LOGIN_BY_EMAIL, user.email)


def _validate(password: str, user: User) -> None:
    if all(unicodedata.category(c) in _INVISIBLE or c in _BLANKS for c in password):
        raise ValidationError(_("A password needs a visible character."), code="blank")
    if any(unicodedata.category(c) == "Cs" for c in password):
        raise ValidationError(_("A password must be valid Unicode."), code="invalid")
    if len(password) > MAX_PASSWORD:
        raise ValidationError(
            _("At most %(max)s characters.") % {"max": MAX_PASSWORD}, code="max_length"
        )
    validate_password(password, user)
