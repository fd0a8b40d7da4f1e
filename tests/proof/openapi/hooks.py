"""Hooks of schemathesis: authentication, client address and accepted failures."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import EmailToken, Role
from tests.apps.users.factories import make_tokens, make_user

Purpose = EmailToken.Purpose
ROLE = os.environ["FUZZ_ROLE"]
SHOP = os.environ["FUZZ_SHOP"]
#: A file with a line for each operation that succeeded once: refusals alone would prove little.
DONE = Path(os.environ["FUZZ_DONE"])

#: Why a value that fits the document may be refused with a 400, by the field and the code of the
#: refusal. Nothing else may, and every other check holds for these answers too.
BEYOND_A_DOCUMENT = {
    ("/code", "unique"): "only the database knows which codes are taken",
    ("/email", "unique"): "only the database knows which addresses are taken",
    ("/cursor", "invalid_cursor"): "a cursor is signed",
    ("/search", "too_long"): "no keyword counts words",
    ("/token", "invalid"): "a token from a mail is a secret",
    ("/code", "reserved"): "170 reserved codes are too many for a document",
    **dict.fromkeys(
        [
            *(("/name", "invalid_name"), ("/name", "reserved"), ("/code", "invalid_name")),
            *(("/first_name", "invalid_name"), ("/last_name", "invalid_name")),
            *(("/owner/first_name", "invalid_name"), ("/owner/last_name", "invalid_name")),
            *(("/first_name", "reserved"), ("/last_name", "reserved")),
            *(("/owner/first_name", "reserved"), ("/owner/last_name", "reserved")),
        ],
        "no pattern that every dialect reads says which characters are visible letters",
    ),
    ("/password", "password_too_common"): "nor 20,000 common passwords",
    ("/new_password", "password_too_common"): "the same",
    ("/owner/password", "password_too_common"): "the same",
    **dict.fromkeys(
        [
            (f"/{name}", code)
            for name in ("password", "new_password", "owner/password")
            for code in ("password_too_short", "max_length", "blank")
        ],
        "what counts is the normal form",
    ),
    ("/password", "password_too_similar"): "depends on the other fields",
    ("/owner/password", "password_too_similar"): "depends on the other fields",
    ("/new_password", "password_too_similar"): "depends on whose it is",
    ("/storefront_origins", "duplicate"): "https://a and https://a:443 are one origin",
}

#: What takes a token from a mail.
MAILED = {
    "/api/auth/email/verify/": Purpose.EMAIL_VERIFICATION,
    "/api/auth/email/confirm/": Purpose.EMAIL_CONFIRMATION,
    "/api/auth/password/reset/confirm/": Purpose.PASSWORD_RESET,
    "/api/auth/invitations/accept/": Purpose.INVITATION,
}

_calls = count(os.getpid())
_done: set[str] = set()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Set another network for each call, to avoid rate limits, and a valid If-Match.

    Every other valid body gets a valid mailed token.
    """
    number = next(_calls)
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    case.headers["X-Forwarded-For"] = f"{number >> 16 & 63}.{number >> 8 & 255}.{number & 255}.1"
    purpose = MAILED.get(case.path)
    if purpose and number % 2 and case.meta.generation.mode.is_positive:
        case.body = {**case.body, "token": mailed(purpose)}


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    if 200 <= response.status_code < 300 and case.operation.label not in _done:
        _done.add(case.operation.label)
        DONE.write_text("\n".join(_done))


def mailed(purpose: str) -> str:
    """Return the secret that was mailed to a new user for this purpose."""
    with tenant_context(Tenant.objects.get(code=SHOP)):
        user = make_user()
        account = {"first_name": "Kim", "last_name": ""}
        of = {
            Purpose.EMAIL_VERIFICATION: {"account": account},
            Purpose.EMAIL_CONFIRMATION: {"user": user},
            Purpose.PASSWORD_RESET: {"user": user},
            Purpose.INVITATION: {"role": "staff", "invited_by": user},
        }[Purpose(purpose)]
        is_known = purpose == Purpose.PASSWORD_RESET
        email = user.email if is_known else f"new-{user.email}"
        return EmailToken.objects.issue(purpose, email, **of)[1]


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Keep all failures but of good values that are refused for what no document can say."""
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    if has_nul(case):
        return False  # JSON has it, and PostgreSQL's text does not
    refusals = {(error["pointer"], error["code"]) for error in response.json().get("errors", [])}
    return not refusals or not refusals <= BEYOND_A_DOCUMENT.keys()


def has_nul(case: Any) -> bool:
    return "\\x00" in repr((case.body, case.query, case.path_parameters))


class Actor:
    """A user of the role, who is themselves again at each call, whatever the last one did."""

    def __init__(self) -> None:
        self.tenant = Tenant.objects.get(code=SHOP)
        with tenant_context(self.tenant):
            self.user = make_user(f"{ROLE}@actor.example", role=ROLE)

    def get(self, case: Any, context: Any) -> str:
        with tenant_context(self.tenant):
            self.user.save()
        return make_tokens(self.user)["access"]

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


if ROLE in Role.values:
    schemathesis.auth()(Actor)
