"""Words of the shop that are similar to a misspelt one."""

import pytest

from apps.products.search.similar import MAX_SIMILAR, similar_words
from tests.apps.products.factories import index, make_product


@pytest.mark.parametrize(
    ("word", "similar"),
    [
        ("ketle", ["kettle"]),
        ("kettel", ["kettle"]),
        ("kettlse", ["kettle", "kettles"]),
        ("stonewear", ["stoneware"]),
        ("stonwear", ["stoneware"]),
        ("stnwear", []),
        ("mgu", ["mug"]),
        ("mag", ["mug"]),
        ("mgx", []),
        ("ins11", []),
    ],
)
def test_similar_words_are_the_nearest(in_acme, word, similar):
    index(make_product(name="Kettle kettles mug stoneware INS114"))

    assert similar_words([word]) == {word: similar}


def test_words_are_corrected_one_by_one(in_acme):
    index(make_product(name="Copper kettle"))

    assert similar_words(["coper", "ketle"]) == {"coper": ["copper"], "ketle": ["kettle"]}


def test_similar_words_are_limited(in_acme):
    index(make_product(name=" ".join(f"kettl{letter}" for letter in "abcdefghijklmn")))

    assert len(similar_words(["kettl"])["kettl"]) == MAX_SIMILAR
