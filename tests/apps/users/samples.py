from __future__ import annotations

from typing import Any

from apps.users.models import EmailToken
from tests.apps.users.factories import (
    PASSWORD,
    make_email_token,
    make_session,
    make_tokens,
    make_user,
)
from tests.isolation.samples import Kind, Make, Plain, Rows, scrambled

Purpose = EmailToken.Purpose


def own_session(shop: Any, operation: Any) -> str:
    return str(make_session(shop.actor).pk)


def refresh_token(shop: Any, operation: Any) -> str:
    return make_tokens(shop.actor)["refresh"]


def address(shop: Any, operation: Any) -> str:
    return str(shop.actor.email)


def new_address(shop: Any, operation: Any) -> str:
    return f"person-{scrambled('12345678')}@example.com"


def mailed(purpose: str) -> Make:
    """Return how to make the secret that a mail with this purpose would hold."""

    def make(shop: Any, operation: Any) -> str:
        fields: dict[str, Any] = {
            Purpose.PASSWORD_RESET: {"user": shop.actor},
            Purpose.EMAIL_VERIFICATION: {"account": {"first_name": "Kim"}},
            Purpose.EMAIL_CONFIRMATION: {"user": shop.actor},
            Purpose.INVITATION: {"role": "staff", "invited_by": shop.new_user("owner")},
            Purpose.HANDOFF: {"user": shop.actor},
        }[Purpose(purpose)]
        is_known = purpose == Purpose.PASSWORD_RESET
        email = shop.actor.email if is_known else new_address(shop, operation)
        return str(EmailToken.objects.issue(purpose, email, **fields)[1])

    return make


ROWS = {
    "users.User": Rows(make_user, text="first_name"),
    "users.LoginSession": Rows(make_session, text="user_agent"),
    "users.EmailToken": Rows(make_email_token, text="purpose"),
}

NEW_ADDRESS = Kind(own=new_address, taken=address)
WORDS = Kind(own=lambda shop, operation: "words", taken=lambda shop, operation: "findable")

KINDS = {
    "first_name": WORDS,
    "last_name": WORDS,
    "refresh": Kind(own=refresh_token),
    "email": Kind(own=address),
    "/api/users/ email": NEW_ADDRESS,
    "/api/users/{pk}/ email": NEW_ADDRESS,
    "/api/users/invitations/ email": NEW_ADDRESS,
    "/api/auth/register/ email": NEW_ADDRESS,
    "/api/shops/ email": NEW_ADDRESS,
    "/api/auth/sessions/{pk}/ pk": Kind(own=own_session),
    "/api/auth/email/confirm/ token": Kind(own=mailed(Purpose.EMAIL_CONFIRMATION)),
    "/api/auth/email/verify/ token": Kind(own=mailed(Purpose.EMAIL_VERIFICATION)),
    "/api/auth/invitations/accept/ token": Kind(own=mailed(Purpose.INVITATION)),
    "/api/auth/password/reset/confirm/ token": Kind(own=mailed(Purpose.PASSWORD_RESET)),
    # The same for all users, so that only the shop separates one's password from another's.
    "password": Plain(PASSWORD),
    "current_password": Plain(PASSWORD),
    "new_password": Plain("staple lamp seventeen"),
    "role": Plain("staff"),
}

PUBLIC_VIEWS = {
    "RegisterView": "a customer has no account yet",
    "EmailVerifyView": "the body has the secret from a mail",
    "EmailConfirmView": "the body has the secret from a mail",
    "PasswordResetView": "the password is forgotten",
    "PasswordResetConfirmView": "the body has the secret from a mail",
    "AcceptInvitationView": "the body has the secret from a mail",
    "FindShopsView": "the answer goes to the address by mail",
}
