from __future__ import annotations

from apps.tenants.models import Tenant


def shop_link(tenant: Tenant, page: str, secret: str) -> str:
    """Return the URL of a shop's page with a secret, at the shop's canonical URL.

    The secret is in the fragment, which is not sent to servers or in Referer.
    """
    return f"{tenant.canonical_url}{page}#token={secret}"
