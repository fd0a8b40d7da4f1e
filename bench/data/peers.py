"""Shops and catalogues in the tables of the peers, which have the same names in all of them."""

from __future__ import annotations

from bench.data.columns import IMAGE, PRODUCT, STOCK_ITEM, TAG, TAGS, VARIANT, insert

SHOP = {"id": "shop_id", "code": "shop_code"}
USER = {
    "id": "user_id",
    "username": "format('owner@%s.example', shop_code)",
    "email": "format('owner@%s.example', shop_code)",
    "password": "password",
    "first_name": "'Ada'",
    "last_name": "'Owner'",
    "is_active": "true",
    "is_staff": "false",
    "is_superuser": "false",
    "date_joined": "now()",
}
#: Of the application without a framework, which looks for a session as this project does.
SESSION = {
    "id": "session_id",
    "tenant_id": "shop_id",
    "user_id": "user_id",
    "expires_at": "now() + interval '30 days'",
}


def statements(*, with_tenant: bool, with_sessions: bool = False) -> list[str]:
    """Return the statements that fill a peer's tables, whose rows perhaps name their tenant."""
    tenant = {"tenant_id": "shop_id"} if with_tenant else {}
    return [
        *([insert("shop_tenant", SHOP, "shop")] if with_tenant else []),
        insert("shop_user", USER | tenant, "shop"),
        *([insert("shop_session", SESSION, "shop")] if with_sessions else []),
        insert("shop_product", PRODUCT | tenant),
        insert("shop_producttag", TAG | tenant, TAGS),
        insert("shop_variant", VARIANT | tenant),
        insert("shop_stockitem", STOCK_ITEM | tenant),
        insert("shop_image", IMAGE | tenant),
    ]
