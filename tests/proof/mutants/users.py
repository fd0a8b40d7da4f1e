"""Mutants of tokens, sessions, log-in, mailed tokens and counters."""

from __future__ import annotations

from contextlib import suppress
from types import SimpleNamespace

import jwt
from django.conf import settings
from django.db import transaction

import auth_backends.authentication
from apps.mail.links import shop_link
from apps.tenants.context import require_active_tenant, tenant_context
from apps.tenants.managers import TenantQuerySet
from apps.tenants.models import Tenant
from apps.throttling.managers import CounterManager
from apps.throttling.models import PlatformCounter
from apps.throttling.rate_limits import LOGIN_BY_EMAIL
from apps.users import managers
from apps.users.exceptions import InvalidLink
from apps.users.models import LoginSession, User
from apps.users.tokens import digest
from auth_backends.backends import TenantModelBackend
from auth_backends.tokens import HEADER_TYPES, TenantToken, audience_of
from tests.proof.mutants.mutant import instead_of, mutant, replace

OF_TOKENS = "tests/auth_backends/test_tokens.py"
OF_BACKEND = "tests/auth_backends/test_backends.py"
OF_MAILED = "tests/apps/users/test_mailed_tokens.py"
OF_RESET = "tests/apps/users/test_password_reset.py"
OF_ROTATION = "tests/apps/users/test_sessions_rotation.py"


@mutant(f"{OF_TOKENS}::test_similar_audience_is_refused")
@instead_of(TenantToken.verify)
def token_of_any_tenant(original, self):
    """A token's audience is not compared."""
    self["aud"] = audience_of(require_active_tenant())
    original(self)


@mutant(f"{OF_TOKENS}::test_list_of_audiences_is_refused")
@instead_of(TenantToken.verify)
def token_of_many_tenants(original, self):
    """A token may name a list of audiences."""
    expected = audience_of(require_active_tenant())
    self["aud"] = expected if expected in self["aud"] else self["aud"]
    original(self)


@mutant(OF_TOKENS)
def token_of_other_kind(patch):
    """A refresh token is accepted as an access token."""
    patch.setattr(TenantToken, "verify_token_type", lambda self: None)


@mutant(OF_TOKENS)
def token_of_other_header(patch):
    """The type in a token's header is not compared."""
    original = jwt.get_unverified_header

    def get_unverified_header(token):
        claims = jwt.decode(token, options={"verify_signature": False})
        return original(token) | {"typ": HEADER_TYPES[claims["token_type"]]}

    patch.setattr(jwt, "get_unverified_header", get_unverified_header)


def decode_with(patch, **changes):
    """Have tokens decoded with other arguments, and with options besides those given."""
    original = jwt.decode

    def decode(*args, options, **kwargs):
        options = options | changes.get("options", {})
        return original(*args, **kwargs | changes | {"options": options})

    patch.setattr(jwt, "decode", decode)


@mutant(f"{OF_TOKENS}::test_other_algorithm_is_refused")
def token_of_any_algorithm(patch):
    """A token chooses the algorithm that verifies it."""
    decode_with(patch, algorithms=["HS256", "HS384", "HS512", "EdDSA"])


@mutant(f"{OF_TOKENS}::test_unsigned_and_badly_signed_are_refused")
def token_unsigned(patch):
    """Signatures are not verified."""
    decode_with(patch, options={"verify_signature": False})


@mutant(f"{OF_TOKENS}::test_other_issuer_is_refused")
def token_of_any_issuer(patch):
    """A token of another platform is accepted."""
    decode_with(patch, issuer=None)


@mutant("tests/apps/users/test_sessions_ending.py")
def token_without_session(patch):
    """A token outlives its session."""
    every = SimpleNamespace(objects=SimpleNamespace(live=LoginSession.objects.all))
    patch.setattr(auth_backends.authentication, "LoginSession", every)


@mutant("tests/apps/users/test_sessions_ending.py -k operator_switching_off")
def token_of_deactivated_user(patch):
    """The token of a deactivated user stays valid."""

    def filter_(self, *args, **lookups):
        lookups.pop("user__is_active", None)
        return TenantQuerySet.filter(self, *args, **lookups)

    patch.setattr(managers.LoginSessionQuerySet, "filter", filter_)


def active_tenant_and_others():
    active = require_active_tenant()
    return [active, *Tenant.objects.exclude(pk=active.pk)]


@mutant(f"{OF_BACKEND}::test_user_of_another_shop_is_not_authenticated")
@instead_of(TenantModelBackend._authenticate)
def login_in_any_tenant(original, self, email, password):
    """A password is valid in every shop."""
    for tenant in active_tenant_and_others():
        with tenant_context(tenant):
            if user := original(self, email, password):
                return user
    return None


@mutant(f"{OF_BACKEND}::test_inactive_user_is_not_authenticated")
def login_of_deactivated_user(patch):
    """A deactivated user logs in."""
    patch.setattr(TenantModelBackend, "user_can_authenticate", lambda self, user: True)


@mutant("tests/apps/users/test_login_work.py::test_failed_login_costs_one_hash")
def login_reveals_who_exists(patch):
    """An unknown address is refused without the time of a hash."""
    original = User.set_password

    def set_password(self, password):
        if self.email:  # the user that stands for an unknown address has none
            original(self, password)

    patch.setattr(User, "set_password", set_password)


@mutant(f"{OF_ROTATION}::test_reuse_after_the_grace_period_ends_the_session")
def refresh_reuse_undone(patch):
    """The reuse of a stolen refresh token does not end its session."""
    # What ends the session is rolled back by the exception.
    replace(
        patch,
        managers.LoginSessionManager._repeat,
        transaction.atomic(managers.LoginSessionManager._repeat),
    )


@mutant(f"{OF_MAILED} -k test_only_the_hash_of_a_token_is_stored")
@instead_of(digest)
def secrets_in_clear(_, secret):
    """Secrets are stored in clear."""
    return secret


@mutant(f"{OF_MAILED} -k other_purpose")
@instead_of(managers.EmailTokenManager.use)
def mailed_token_of_any_purpose(original, self, purpose, secret):
    """An invitation's token resets a password."""
    token = self.filter(secret_hash=digest(secret)).first()
    return original(self, token.purpose if token else purpose, secret)


@mutant(f"{OF_MAILED} -k other_shop")
@instead_of(managers.EmailTokenManager.use)
def mailed_token_of_any_tenant(original, self, purpose, secret):
    """A link of one shop works in another."""
    for tenant in active_tenant_and_others():
        with tenant_context(tenant), suppress(InvalidLink):
            return original(self, purpose, secret)
    raise InvalidLink


@mutant(f"{OF_MAILED}::test_token_is_used_up_by_the_first_request")
@instead_of(managers.EmailTokenManager.use)
def mailed_token_reusable(original, self, purpose, secret):
    """A link works more than once."""
    with transaction.atomic():
        token = original(self, purpose, secret)
        transaction.set_rollback(True)
    return token


@mutant(f"{OF_RESET}::test_link_expires_after_an_hour")
@instead_of(managers.EmailTokenQuerySet.usable)
def mailed_token_without_expiry(_, self):
    """A link works for more than an hour."""
    return self.filter(used_at=None)


@mutant(f"{OF_RESET}::test_link_has_the_canonical_url")
@instead_of(shop_link)
def link_to_the_present_url(original, tenant, page, secret):
    """A mailed link leads to the shop's URL under the present settings, not to its own."""
    tenant.canonical_url = tenant.new_url
    return original(tenant, page, secret)


@mutant("tests/apps/throttling/test_lockout.py::test_lockout_is_limited_to_one_shop")
@instead_of(CounterManager.record_attempt)
def lockout_of_all_tenants(original, self, limit, subject):
    """Guesses in one shop lock the address out of all."""
    is_by_email = limit.name == LOGIN_BY_EMAIL.name  # a test may change the rest of it
    original(PlatformCounter.objects if is_by_email else self, limit, subject)


@mutant("tests/apps/api/test_throttles.py::test_untrusted_forwarded_addresses_are_ignored")
def lockout_by_forged_address(patch):
    """A forged X-Forwarded-For counts as another client."""
    patch.setattr(settings, "TRUSTED_PROXIES", 1)
