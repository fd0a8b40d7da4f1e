"""The catalogues of the demo shops, from the files in `data`."""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product as combinations
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.utils.html import format_html, format_html_join

from apps.demo.drawing.pictures import Picture
from apps.products.html import clean_html

CODES: Final = ("acme", "globex")
_FILES: Final = Path(__file__).with_name("data")
#: A product of one colour, or two, has a close-up too.
_FEW_COLOURS: Final = 2


@dataclass(frozen=True)
class Look:
    """The appearance of a shop: a colour such as `#c0ffee`, and two sentences."""

    tagline: str
    accent: str
    fonts: str
    corners: str
    announcement: str
    footer: str


@dataclass(frozen=True)
class DemoShop:
    code: str
    name: str
    vendor: str
    sku: str
    currency: str
    language: str
    weight_unit: str
    look: Look
    grounds: list[str]
    colours: dict[str, dict[str, Any]]
    products: list[DemoProduct]
    collections: list[DemoCollection]


@dataclass(frozen=True)
class DemoCollection:
    """A collection of products by their codes, or by `rules`."""

    code: str
    name: str
    description: str
    products: list[str] = field(default_factory=list)
    rules: dict[str, Any] = field(default_factory=dict)

    def html(self) -> str:
        return _html(self.description, [])


@dataclass(frozen=True)
class DemoPicture:
    """A picture with the colour of the variants that it shows, if they differ in that."""

    picture: Picture
    alt: str
    colour: str | None


@dataclass(frozen=True)
class DemoProduct:
    """A product as in a file; see the comment there."""

    code: str
    name: str
    type: str
    tags: list[str]
    picture: str
    price: int
    description: str
    details: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    more: dict[str, int] = field(default_factory=dict)
    was: int = 0
    sale: list[str] = field(default_factory=list)
    sold_out: list[str] = field(default_factory=list)
    weight: int | None = None
    colour: str = ""
    vendor: str = ""
    is_gift_card: bool = False

    def html(self) -> str:
        return _html(self.description, self.details)

    def variants(self, prefix: str) -> list[dict[str, Any]]:
        """Return the variants, as in a body of the API, without images."""
        return [
            self._variant(dict(zip(self.options, values, strict=True)), prefix)
            for values in combinations(*self.options.values())
        ]

    def _variant(self, chosen: dict[str, str], prefix: str) -> dict[str, Any]:
        sku = "-".join([prefix, self.code.upper(), *map(_abbreviated, chosen.values())])
        price = self.price + sum(self.more.get(value, 0) for value in chosen.values())
        is_on_sale = self.was and (not self.sale or set(self.sale) & set(chosen.values()))
        is_sold_out = " / ".join(chosen.values()) in self.sold_out
        return {
            "options": chosen,
            "sku": sku,
            "price": price,
            "compare_at_price": price + self.was if is_on_sale else None,
            "weight": self.weight,
            "requires_shipping": not self.is_gift_card,
            "stock_policy": "untracked" if self.is_gift_card else "deny",
            "stock": 0 if is_sold_out or self.is_gift_card else 3 + zlib.crc32(sku.encode()) % 22,
        }


@cache
def demo_shop(code: str) -> DemoShop:
    """Return the shop of a file; raise TypeError for unknown or missing keys."""
    data = tomllib.loads((_FILES / f"{code}.toml").read_text())
    return DemoShop(
        **{
            **data,
            "look": Look(**data["look"]),
            "products": [DemoProduct(**item) for item in data["products"]],
            "collections": [DemoCollection(**item) for item in data["collections"]],
        }
    )


def pictures_of(shop: DemoShop, product: DemoProduct) -> list[DemoPicture]:
    """Return a picture for each colour of a product and, if they are few, a close-up."""
    colours = [
        value for values in product.options.values() for value in values if value in shop.colours
    ]
    ground = shop.grounds[zlib.crc32(product.code.encode()) % len(shop.grounds)]
    found = [
        DemoPicture(
            _picture(shop, product.picture, colour, ground), f"{product.name}, {colour}", colour
        )
        for colour in colours
    ]
    if not found:
        only = _picture(shop, product.picture, product.colour, ground)
        found = [DemoPicture(only, product.name, None)]
    if len(found) <= _FEW_COLOURS:
        close = replace(found[0].picture, is_close_up=True)
        found.append(DemoPicture(close, f"{product.name}, close-up", None))
    return found


def product_data(
    shop: DemoShop, product: DemoProduct, images: Mapping[UUID, DemoPicture]
) -> dict[str, Any]:
    """Return a product as in a body of the API, with images that exist.

    Each variant has the images of its colour, or the first of the product.
    """
    variants = product.variants(shop.sku)
    for variant in variants:
        values = set(variant["options"].values())
        own = [key for key, image in images.items() if image.colour in values]
        variant["images"] = own or [*images][:1]
    return {
        "name": product.name,
        "code": product.code,
        "description": product.html(),
        "vendor": product.vendor or shop.vendor,
        "product_type": product.type,
        "tags": product.tags,
        "status": "active",
        "is_gift_card": product.is_gift_card,
        "options": [{"name": name, "values": values} for name, values in product.options.items()],
        "variants": variants,
    }


def _picture(shop: DemoShop, kind: str, colour: str, ground: str) -> Picture:
    seed = zlib.crc32(f"{kind} {colour}".encode())
    return Picture(kind=kind, ground=ground, seed=seed, **shop.colours[colour])


def _html(text: str, details: list[str]) -> str:
    """Return a paragraph and a list, as the API stores them."""
    items = format_html_join("", "<li>{}</li>", ((detail,) for detail in details))
    return clean_html(format_html("<p>{}</p>", text) + (f"<ul>{items}</ul>" if details else ""))


def _abbreviated(value: str) -> str:
    """Return the digits of a value such as `350 ml`, or three letters of `Sage`."""
    digits = re.sub(r"[^\d.-]", "", value).replace(".", "").replace("-", "M")
    letters = re.sub(r"\W", "", value).upper()
    return digits or letters[:3]
