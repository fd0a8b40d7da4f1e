"""The shops of a database, and tokens for their owners."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import jwt
from django.conf import settings

from auth_backends.tokens import KeyedTokenBackend
from bench.database import connected

#: Longer than any run.
LIFETIME = timedelta(days=1)


@dataclass(frozen=True)
class Shop:
    """A shop with its owner, a session and one of its products."""

    tenant: UUID | None
    user: UUID
    session: UUID | None
    code: str
    email: str
    product: str


OURS = """
SELECT tenants.id, users.id, sessions.id, tenants.code, users.email,
       (SELECT code FROM products WHERE tenant_id = tenants.id ORDER BY added_on DESC LIMIT 1)
  FROM tenants JOIN users ON users.tenant_id = tenants.id
  JOIN sessions ON sessions.tenant_id = tenants.id
 ORDER BY tenants.code
"""
#: The users of a peer; a shop's code is part of their addresses.
PEERS = """
SELECT NULL, id, {session}, substring(email FROM '@(.*)[.]example'), email, ''
  FROM shop_user ORDER BY email
"""
SESSION = "(SELECT id FROM shop_session WHERE user_id = shop_user.id)"


def shops_of(database: str, query: str) -> list[Shop]:
    with connected(database) as cursor:
        cursor.execute(query)
        return [Shop(*row) for row in cursor.fetchall()]


def our_token(shop: Shop) -> str:
    """Return an access token as a log-in issues it, but for its lifetime."""
    now = int(time.time())
    claims = {
        "token_type": "access",
        "aud": f"urn:shop:{shop.tenant}",
        "sub": str(shop.user),
        "sid": str(shop.session),
        "jti": uuid4().hex,
        "iat": now,
        "nbf": now,
        "exp": now + int(LIFETIME.total_seconds()),
    }
    return KeyedTokenBackend("HS256", issuer=settings.SIMPLE_JWT["ISSUER"]).encode(claims)


def peer_token(shop: Shop, key: str) -> str:
    """Return an access token of simplejwt with its default claims, and the session."""
    now = int(time.time())
    claims = {
        "token_type": "access",
        "user_id": str(shop.user),
        "sid": str(shop.session),
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + int(LIFETIME.total_seconds()),
    }
    return jwt.encode(claims, key, algorithm="HS256")
