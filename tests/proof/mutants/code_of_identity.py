"""Tokens, sessions, log-in, mailed tokens and counters with a wall down."""

from __future__ import annotations

from tests.proof.mutants.mutant import Mutants

TOKENS = "auth_backends/tokens.py"
BACKEND = "auth_backends/model.py"
MANAGERS = "apps/identity/managers.py"
OF_TOKENS = "tests/auth_backends/test_tokens.py"
OF_BACKEND = "tests/auth_backends/test_model.py"
OF_MAILED = "tests/apps/users/test_mailed_tokens.py"
OF_RESET = "tests/apps/users/test_password_reset.py"
OF_ROTATION = "tests/auth_backends/test_sessions_rotation.py"

IDENTITY = Mutants()

IDENTITY.code(
    "token_of_any_shop",
    "a token's audience is not looked at",
    TOKENS,
    'if self["aud"] != audience_of(require_active_tenant()):',
    "if False:",
    f"{OF_TOKENS}::test_audience_that_resembles_ours_is_refused",
)
IDENTITY.code(
    "token_of_many_shops",
    "a token may name a list of audiences",
    TOKENS,
    'if self["aud"] != audience_of(require_active_tenant()):',
    'if audience_of(require_active_tenant()) not in self["aud"]:',
    f"{OF_TOKENS}::test_list_of_audiences_is_refused",
)
IDENTITY.code(
    "token_of_other_kind",
    "a refresh token opens what an access token opens",
    TOKENS,
    "    def verify(self) -> None:\n",
    "    def verify_token_type(self) -> None:\n        pass\n\n    def verify(self) -> None:\n",
    OF_TOKENS,
)
IDENTITY.code(
    "token_of_other_header",
    "the type in a token's header is not looked at",
    TOKENS,
    'if header["typ"] != HEADER_TYPES[claims["token_type"]]:',
    "if False:",
    OF_TOKENS,
)
IDENTITY.code(
    "token_of_any_algorithm",
    "the token chooses the algorithm that it is verified by",
    TOKENS,
    "algorithms=[key.algorithm]",
    'algorithms=["HS256", "HS384", "HS512", "EdDSA"]',
    f"{OF_TOKENS}::test_other_algorithm_is_refused",
)
IDENTITY.code(
    "token_unsigned",
    "signatures are not verified",
    TOKENS,
    '"verify_aud": False}',
    '"verify_aud": False, "verify_signature": False}',
    f"{OF_TOKENS}::test_unsigned_and_badly_signed_are_refused",
)
IDENTITY.code(
    "token_of_any_issuer",
    "a token may be another platform's",
    TOKENS,
    "                issuer=self.issuer,\n",
    "",
    f"{OF_TOKENS}::test_other_issuer_is_refused",
)
IDENTITY.code(
    "token_without_session",
    "a token outlives its session",
    "auth_backends/jwt.py",
    "Session.objects.live()\n",
    "Session.objects.all()\n",
    "tests/auth_backends/test_sessions_ending.py",
)
IDENTITY.code(
    "token_of_deactivated_user",
    "a deactivated user's token goes on",
    MANAGERS,
    ", user__is_active=True\n",
    "\n",
    "tests/auth_backends/test_sessions_ending.py -k operator_switching_off",
)
IDENTITY.code(
    "login_in_any_shop",
    "a password opens every shop",
    BACKEND,
    "        with tenant_context(tenant):\n"
    "            return self._authenticate(email, password)\n",
    "        for shop in [tenant, *Tenant.objects.exclude(pk=tenant.pk)]:\n"
    "            with tenant_context(shop):\n"
    "                if user := self._authenticate(email, password):\n"
    "                    return user\n"
    "        return None\n",
    f"{OF_BACKEND}::test_person_of_another_shop_is_nobody",
)
IDENTITY.code(
    "login_of_deactivated_user",
    "somebody who was deactivated logs in",
    BACKEND,
    "if not user.check_password(password) or not self.user_can_authenticate(user):",
    "if not user.check_password(password):",
    f"{OF_BACKEND}::test_inactive_person_is_nobody",
)
IDENTITY.code(
    "login_tells_who_exists",
    "an unknown address is refused without a hash's time",
    BACKEND,
    "user_model().set_password(password)  #",
    "pass  #",
    "tests/apps/users/test_login_work.py::test_failed_login_costs_one_hash",
)
IDENTITY.code(
    "refresh_reuse_unnoticed",
    "a stolen refresh token that is used again ends nothing",
    MANAGERS,
    "        self.filter(pk=session_id).end()\n",
    "",
    f"{OF_ROTATION}::test_reuse_after_the_grace_kills_the_family_for_good",
)
IDENTITY.code(
    "secrets_in_clear",
    "secrets are kept as they are",
    "apps/identity/secrets.py",
    "return hashlib.sha256(secret.encode()).hexdigest()",
    "return secret",
    f"{OF_MAILED} -k test_only_its_hash_is_kept",
)
IDENTITY.code(
    "mailed_token_of_any_purpose",
    "an invitation's token resets a password",
    MANAGERS,
    "self.usable().filter(purpose=purpose, secret_hash=digest(secret))",
    "self.usable().filter(secret_hash=digest(secret))",
    f"{OF_MAILED} -k other_purpose",
)
IDENTITY.code(
    "mailed_token_of_any_shop",
    "a link of one shop works in another",
    MANAGERS,
    "        if token is None or not found.void():\n",
    "        from apps.tenants.context import tenant_context\n"
    "        from apps.tenants.models import Tenant\n"
    "        for shop in Tenant.objects.all() if token is None else ():\n"
    "            with tenant_context(shop):\n"
    "                if found.void():\n"
    "                    token = self.filter(secret_hash=digest(secret)).first()\n"
    "                    return token\n"
    "        if token is None or not found.void():\n",
    f"{OF_MAILED} -k other_shop",
)
IDENTITY.code(
    "mailed_token_for_good",
    "a link works more than once",
    MANAGERS,
    "if token is None or not found.void():",
    "if token is None:",
    f"{OF_MAILED}::test_secret_is_used_up_by_whoever_shows_it_first",
)
IDENTITY.code(
    "mailed_token_for_ever",
    "a link works for more than an hour",
    MANAGERS,
    "return self.filter(used_at=None, expires_at__gt=Now())",
    "return self.filter(used_at=None)",
    f"{OF_RESET}::test_link_works_for_an_hour",
)
IDENTITY.code(
    "link_of_the_requests_host",
    "the Host header decides where a mailed link leads",
    "apps/identity/views.py",
    "        run_in_background(mail_password_reset, email, tenant=get_active_tenant())\n"
    "        return Response(SENT",
    '        request.tenant.canonical_url = request.build_absolute_uri("/")\n'
    "        run_in_background(mail_password_reset, email, tenant=get_active_tenant())\n"
    "        return Response(SENT",
    f"{OF_RESET}::test_link_leads_where_the_database_says",
)
IDENTITY.code(
    "lock_out_of_all_shops",
    "guesses in one shop lock the address out of all",
    "apps/limits/guard.py",
    "ShopCounter.objects.record_attempt(LOGIN_BY_EMAIL, email)",
    "NetworkCounter.objects.record_attempt(LOGIN_BY_EMAIL, email)",
    "tests/apps/limits/test_lockout.py::test_lock_out_is_of_one_shop",
)
IDENTITY.code(
    "lock_out_by_chosen_address",
    "whoever writes X-Forwarded-For counts as somebody new",
    "apps/api/devices.py",
    "hops = settings.TRUSTED_PROXIES",
    "hops = 1",
    "tests/apps/api/test_throttles.py::test_forwarded_addresses_are_not_believed",
)
