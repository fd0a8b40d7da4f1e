"""Catalogues with the texts, numbers and gaps that product files have, for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from apps.products.csv.exceptions import InvalidValue
from apps.products.csv.money import MAX_AMOUNT
from apps.products.csv.records import ImageRecord, ProductRecord, VariantRecord
from apps.products.csv.values import clean_text, parse_code, parse_title

FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
STARTS = st.sampled_from(
    ["", "=", "+", "-", "@", "'", "'=", "''-", "\t=", '"', FULL_WIDTH[0], "'90s "]
)
TEXTS = st.builds(
    lambda start, text: clean_text(start + text),
    STARTS,
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
NAMES = TEXTS.filter(bool)


def is_title(text):
    try:
        return bool(parse_title(text))
    except InvalidValue:
        return False


TITLES = TEXTS.map(lambda text: clean_text(f"{text} a")).filter(is_title)
TAGS = st.lists(
    NAMES,
    max_size=3,
    unique=True,
).map(tuple)
RAW = st.builds(
    str.__add__,
    STARTS,
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
).filter(lambda text: not text or text.strip())
FLAGS = st.sampled_from([None, True, False])
URLS = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9,;='\"-]{0,9}", fullmatch=True)
BARCODES = TEXTS.filter(lambda text: "e" not in text.lower())


@st.composite
def variants(draw, options, values, images):
    return VariantRecord(
        dict(zip(options, values, strict=True)),
        {
            "sku": draw(TEXTS),
            "price": draw(st.integers(0, MAX_AMOUNT)),
            "compare_at_price": draw(st.none() | st.integers(0, 10**6)),
            "barcode": draw(BARCODES),
            "weight": draw(st.none() | st.integers(0, 10**6)),
            "stock": draw(st.none() | st.integers(-(10**6), 10**6)),
            "stock_policy": draw(st.sampled_from(["deny", "continue", "untracked"])),
            "requires_shipping": draw(FLAGS),
            "taxable": draw(FLAGS),
            "image_url": draw(st.sampled_from(["", *images])),
        },
    )


@st.composite
def products(draw, code):
    options = draw(st.lists(NAMES.filter(lambda n: n != "Title"), max_size=3, unique=True))
    rows = st.lists(
        st.tuples(*[NAMES] * len(options)),
        min_size=1,
        max_size=4,
        unique=bool(options),
    )
    urls = draw(st.lists(URLS, max_size=5, unique=True))
    return ProductRecord(
        code=code,
        fields={
            "name": draw(TITLES),
            "description": draw(RAW),
            "vendor": draw(TEXTS),
            "product_type": draw(TEXTS),
            "tags": draw(TAGS),
            "status": draw(st.sampled_from(["draft", "active", "archived"])),
            "gift_card": draw(FLAGS),
        },
        options=tuple(options),
        variants=tuple(draw(variants(options, row, urls)) for row in draw(rows)),
        images=tuple(
            ImageRecord(url, draw(TEXTS), draw(st.none() | st.integers(1, 300))) for url in urls
        ),
    )


CODES = TITLES.map(parse_code)
CATALOGUES = st.lists(CODES, max_size=3, unique=True).flatmap(
    lambda codes: st.tuples(*map(products, codes))
)
