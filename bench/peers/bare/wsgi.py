"""The least that answers the same list: WSGI, two statements, no framework."""

from __future__ import annotations

import os
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qs, quote

import jwt
import orjson
import psycopg2

KEY = os.environ["SECRET_KEY"]
PAGE_SIZE = 25
WIDTHS = (160, 480, 960, 1200)

USER = """
SELECT shop_user.id, shop_user.tenant_id
  FROM shop_session JOIN shop_user ON shop_user.id = shop_session.user_id
 WHERE shop_session.id = %s AND shop_user.id = %s
   AND ended_at IS NULL AND expires_at > now() AND is_active
"""
PAGE = """
SELECT product.id, product.name, code, description, vendor, product_type,
       ARRAY(SELECT tag.name FROM shop_producttag AS tag
              WHERE tag.product_id = product.id ORDER BY tag.name),
       product.status, is_gift_card, variant.price, variant.compare_at_price,
       (SELECT bool_or(any_variant.stock_policy <> 'deny' OR item.quantity > 0)
          FROM shop_variant AS any_variant
          LEFT JOIN shop_stockitem AS item ON item.variant_id = any_variant.id
         WHERE any_variant.product_id = product.id),
       added_by_id, added_on, updated_on,
       image.id, image.alt, image.status, image.error, image.source_url, image.width,
       image.height, image.color, image.content_hash
  FROM shop_product AS product
  LEFT JOIN shop_variant AS variant ON variant.id = product.default_variant_id
  LEFT JOIN LATERAL (
       SELECT * FROM shop_image WHERE product_id = product.id AND status = 'ready'
        ORDER BY position, id LIMIT 1) AS image ON true
 WHERE product.tenant_id = %s AND (product.added_on, product.id) < (%s, %s)
 ORDER BY product.added_on DESC, product.id DESC LIMIT %s
"""
COLUMNS = "id name code description vendor product_type tags status is_gift_card price".split()
COLUMNS += "compare_at_price in_stock added_by added_on updated_on".split()
ADDED_ON = COLUMNS.index("added_on")
IMAGE_COLUMNS = "id alt status error source_url width height color".split()
IMAGE_SIZE = len(IMAGE_COLUMNS) + 1
NEWEST = "infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"

_threads = threading.local()


def application(environ, start_response):
    status, body = respond(environ)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]


def respond(environ):
    if environ["PATH_INFO"] != "/api/products/":
        return "404 Not Found", b"{}"
    try:
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        claims = jwt.decode(token, KEY, algorithms=["HS256"], options={"require": ["exp"]})
    except jwt.PyJWTError:
        return "401 Unauthorized", b"{}"
    with connection().cursor() as cursor:
        cursor.execute(USER, [claims["sid"], claims["user_id"]])
        user = cursor.fetchone()
        if user is None:
            return "401 Unauthorized", b"{}"
        cursor.execute(PAGE, [user[1], *position(environ), PAGE_SIZE + 1])
        rows = cursor.fetchall()
    return "200 OK", orjson.dumps(page(environ, rows))


def connection():
    if not hasattr(_threads, "connection"):
        _threads.connection = psycopg2.connect(os.environ["DATABASE_URL"])
        _threads.connection.autocommit = True
    return _threads.connection


def position(environ):
    cursor = parse_qs(environ.get("QUERY_STRING", "")).get("cursor")
    return urlsafe_b64decode(cursor[0]).decode().split("|") if cursor else NEWEST


def page(environ, rows):
    link = None
    if len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1]
        cursor = quote(urlsafe_b64encode(f"{last[ADDED_ON]}|{last[0]}".encode()))
        link = f"http://{environ['HTTP_HOST']}/api/products/?cursor={cursor}"
    return {"next": link, "previous": None, "results": [*map(product, rows[:PAGE_SIZE])]}


def product(row):
    values = dict(zip(COLUMNS, row[:-IMAGE_SIZE], strict=True))
    values["currency"] = "EUR"
    values["image"] = picture(row[-IMAGE_SIZE:])
    return values


def picture(row):
    if row[0] is None:
        return None
    values = dict(zip(IMAGE_COLUMNS, row[:-1], strict=True))
    base = f"http://media.localhost/media/{row[-1]}"
    values["urls"] = {
        str(width): f"{base}/{width}.webp" for width in WIDTHS if width <= values["width"]
    }
    return values
