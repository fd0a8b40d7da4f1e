"""The form of a product, and the variants that it saves."""

from __future__ import annotations

from tests.apps.pages.html import Page

NEW = "/admin/products/new"


def editor(browser, product=None):
    path = f"/admin/products/{product.pk}" if product else NEW
    return path, Page(browser.get(path)).by_id["product"]


def save(browser, product=None, changes=None, do="save"):
    """Open the editor, change fields, and send the form with a button."""
    path, form = editor(browser, product)
    return browser.submit(path, form.filled(changes, _do=do))


def variants(product):
    """Return the variants in order: values, price, stock and SKU."""
    return [
        (
            [value.name for value in (v.value1, v.value2, v.value3) if value],
            v.price,
            v.stock,
            v.sku,
        )
        for v in sorted(product.variants.all(), key=lambda v: v.position)
    ]


def ids(product):
    return [v.pk for v in sorted(product.variants.all(), key=lambda v: v.position)]
