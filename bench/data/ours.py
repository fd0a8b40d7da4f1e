"""Shops, their owners, sessions and catalogues in the tables of this project."""

from __future__ import annotations

from apps.products.search.words import spellings_of
from bench.data.columns import IMAGE, PRODUCT, STOCK_ITEM, TAG, TAGS, VARIANT, insert

# Its errors are codes, which are translated when they are read.
_IMAGE = {"error_code" if name == "error" else name: sql for name, sql in IMAGE.items()}
TENANT = {"tenant_id": "shop_id"}

SHOP = {
    "id": "shop_id",
    "code": "shop_code",
    "name": "'Shop ' || number",
    "status": "'open'",
    "currency": "'EUR'",
    "language": "'en'",
    "weight_unit": "'kg'",
    "storefront_origins": "'{}'",
    "canonical_url": "format('http://%s.localhost/', shop_code)",
    "confirmed_at": "now()",
}
USER = TENANT | {
    "id": "user_id",
    "email": "format('owner@%s.example', shop_code)",
    "password": "password",
    "role": "'owner'",
    "first_name": "'Ada'",
    "last_name": "'Owner'",
    "is_active": "true",
}
SESSION = TENANT | {
    "id": "session_id",
    "user_id": "user_id",
    "kind": "'token'",
    "secret_hash": "md5(session_id::text) || md5(user_id::text)",
    "previous_hash": "''",
    "user_agent": "'bench'",
    "rotated_at": "now()",
    "idle_expires_at": "now() + interval '30 days'",
    "expires_at": "now() + interval '30 days'",
}
STOREFRONT = TENANT | {
    "id": "shop_id",
    "is_open": "true",
    "tagline": "'Made by hand'",
    "announcement": "''",
    "footer": "''",
    "accent": "'#2f6f4f'",
    "scheme": "'auto'",
    "fonts": "'modern'",
    "corners": "'soft'",
    "logo_hash": "''",
}
LOCATION = TENANT | {"id": "shop_id", "name": "'Main'"}
VERSION = TENANT | {
    "id": "shop_id",
    "version": "1",
    "product_count": "(SELECT max(n) FROM product)",
    "product_bytes": "(SELECT 300 * max(n) FROM product)",
}
WORD = TENANT | {"product_id": "product_id", "word": "word", "weight": "100"}
#: The rows of WORD. Numbers are words, too.
WORDS = (
    "product, LATERAL (VALUES (lower(colour)), (lower(material)), (lower(thing)), (n::text))"
    " AS words (word)"
)

#: The words of names and descriptions, as the search splits them.
VOCABULARY = (
    "red blue green black white grey yellow orange purple brown olive navy cream cotton linen wool"
    " leather oak walnut steel ceramic glass denim silk copper shirt jacket scarf table chair lamp"
    " shelf sofa vase bowl mug kettle knife board blanket pillow rug towel notebook pencil wallet"
    " belt watch candle bottle a of in made by hand small workshop numbers forty and checked twice"
    " before it is packed lasts for years repaired free kiln"
).split()


def _spellings() -> str:
    """Return the statement that inserts the spellings by which words are corrected."""
    pairs = [(spelling, word) for word in VOCABULARY for spelling in sorted(spellings_of(word))]
    values = ", ".join(f"('{spelling}', '{word}')" for spelling, word in pairs)
    columns = TENANT | {"spelling": "spelling", "word": "word"}
    return insert("search_spellings", columns, f"shop, (VALUES {values}) AS pairs (spelling, word)")


def statements(*, with_words: bool) -> list[str]:
    """Return the statements that fill the tables, perhaps with the words by which one searches."""
    variant = VARIANT | {"barcode": "''", "requires_shipping": "true", "is_taxable": "true"}
    filled = [
        insert("tenants", SHOP, "shop"),
        insert("users", USER, "shop"),
        insert("sessions", SESSION, "shop"),
        insert("storefronts", STOREFRONT, "shop"),
        insert("locations", LOCATION, "shop"),
        insert("catalogue_versions", VERSION, "shop"),
        insert("products", PRODUCT | TENANT),
        insert("product_tags", TAG | TENANT, TAGS),
        insert("variants", variant | TENANT),
        insert("stock_items", STOCK_ITEM | TENANT | {"location_id": "shop_id"}),
        insert("images", _IMAGE | TENANT | {"added_on": "added_on"}),
    ]
    words = [insert("search_words", WORD, WORDS), _spellings()]
    return filled + (words if with_words else [])
