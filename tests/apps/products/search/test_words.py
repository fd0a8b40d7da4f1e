"""The words of texts, as tables."""

import pytest

from apps.products.search.words import distance, split, split_html, split_sku, stem_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Stoneware Mug", ["stoneware", "mug"]),
        ("Café crème", ["cafe", "creme"]),
        ("cafe\u0301", ["cafe"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("İstanbul", ["istanbul"]),
        ("ﬁne Ⅷ", ["fine", "viii"]),
        ("C++ und C#", ["c++", "und", "c#"]),
        ("50% off", ["50%", "off"]),
        ("KT-INS114", ["kt", "ins114"]),
        ("a_b/c.d", ["a", "b", "c", "d"]),
        ("東京タワー", ["東京", "京タ", "タワ", "ワー"]),
        ("名", ["名"]),
        ("% _ \\ '", []),
        ("", []),
        ("x" * 100, ["x" * 64]),
    ],
)
def test_text_is_split_into_folded_words(text, words):
    assert list(split(text)) == words


@pytest.mark.parametrize(
    ("sku", "words"),
    [
        ("KT-INS114", {"kt", "ins114", "ins", "114", "ktins114"}),
        ("4006381333931", {"4006381333931"}),
        ("", set()),
        ("---", set()),
    ],
)
def test_sku_is_found_in_whole_and_in_parts(sku, words):
    assert split_sku(sku) == words


def test_html_is_indexed_without_its_markup():
    assert list(split_html("<p>A <b>mug</b><br>for tea</p><p>mug</p>")) == [
        "a",
        "mug",
        "for",
        "tea",
    ]
    assert len(list(split_html(" ".join(f"w{n}" for n in range(1000))))) == 300


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["shirts", "shirt"]),
        ("de", ["tassen", "tasse"]),
        ("es", ["zapatos", "zapato"]),
        ("pt-br", ["camisas", "camisa"]),
    ],
)
def test_forms_of_a_word_share_a_stem(language, forms):
    assert len({stem_of(form, language) for form in forms}) == 1


def test_other_words_are_their_own_stems():
    assert [stem_of(word, "en") for word in ("c++", "ins114")] == ["c++", "ins114"]
    assert stem_of("shirts", "ja") == "shirts"


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [
        ("mug", "mug", 0),
        ("mug", "mgu", 1),
        ("mug", "mugs", 1),
        ("mug", "mag", 1),
        ("kettle", "ketle", 1),
        ("ca", "abc", 3),
        ("", "mug", 3),
    ],
)
def test_distance_counts_edits(a, b, edits):
    assert distance(a, b) == distance(b, a) == edits
