from __future__ import annotations

from apps.tenants.models import Tenant


def shop_link(tenant: Tenant, page: str, secret: str) -> str:
    """Return the URL of a shop's page with a secret, at the shop's canonical URL.

    The secret is in the query, so that the page works without a script. Opening the page does not
    use it, logs have no queries, and `Referrer-Policy` keeps it from other sites.
    """
    return f"{tenant.canonical_url}{page}?token={secret}"
