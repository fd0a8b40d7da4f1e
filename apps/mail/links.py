"""Where a mail leads to."""

from __future__ import annotations

from apps.tenants.models import Tenant


def shop_link(tenant: Tenant, page: str, secret: str) -> str:
    """Return the address of a shop's page that takes a secret, at the host the database names.

    The secret is in the fragment, which reaches no server, no log and no Referer.
    """
    return f"{tenant.canonical_url}{page}#token={secret}"
