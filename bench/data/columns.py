"""The columns of the tables that all contestants have, as SQL over the rows of `staging.sql`."""

from __future__ import annotations

DESCRIPTION = (
    "format('<p>A %s of %s, in %s. Made by hand in a small workshop, in numbers of forty, and"
    " checked twice before it is packed.</p><ul><li>Lasts for years</li><li>Repaired for free"
    "</li></ul>', lower(thing), lower(material), lower(colour))"
)

PRODUCT = {
    "id": "product_id",
    "name": "name",
    "code": "code",
    "description": DESCRIPTION,
    "vendor": "'Kiln ' || number % 40",
    "product_type": "thing",
    "status": "'active'",
    "is_gift_card": "false",
    "added_on": "added_on",
    "updated_on": "added_on",
    "added_by_id": "user_id",
    "default_variant_id": "variant_id",
}
TAG = {"id": "uuidv7()", "product_id": "product_id", "name": "tag"}
#: The rows of TAG: two for each product.
TAGS = "product, LATERAL (VALUES (lower(colour)), (lower(material))) AS tags (tag)"
VARIANT = {
    "id": "variant_id",
    "product_id": "product_id",
    "position": "0",
    "sku": "format('KT-%s-%s', number, n)",
    "price": "price",
    "compare_at_price": "CASE WHEN n % 5 = 0 THEN price * 5 / 4 END",
    "stock_policy": "'deny'",
}
STOCK_ITEM = {"id": "uuidv7()", "variant_id": "variant_id", "quantity": "n % 20"}
IMAGE = {
    "id": "image_id",
    "product_id": "product_id",
    "position": "0",
    "alt": "name",
    "source_url": "format('https://cdn.example/%s/%s.jpg', number, n)",
    "content_hash": "digest",
    "status": "'ready'",
    "error": "''",
    "width": "1200",
    "height": "900",
    "color": "'#c0ffee'",
}


def insert(table: str, columns: dict[str, str], rows: str = "product") -> str:
    """Return the statement that inserts expressions over `rows` into the columns of a table."""
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {rows}"
