"""The words of texts, as tables."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.products.search.words import (
    allowed_edits,
    distance,
    spellings_of,
    split,
    split_html,
    split_sku,
    stem_of,
)

#: Few letters, so that some repeat.
WORDS = st.text("abc", min_size=3, max_size=12)


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


@st.composite
def pairs(draw):
    """Return a word, and what one or two letters lost, added, replaced or exchanged make of it."""
    word = wrong = draw(WORDS)
    for _ in range(draw(st.integers(1, 2))):
        i = draw(st.integers(0, len(wrong) - 1))
        edits = [(0, "c"), (1, ""), (1, "a"), (2, wrong[i : i + 2][::-1])]
        lost, added = draw(st.sampled_from(edits))
        wrong = wrong[:i] + added + wrong[i + lost :]
    return word, wrong


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(pairs())
def test_misspelt_word_has_a_spelling_in_common_with_the_right_one(pair):
    word, wrong = pair
    assume(distance(word, wrong) <= allowed_edits(wrong))

    assert spellings_of(word) & spellings_of(wrong)


@pytest.mark.parametrize(
    ("word", "spellings"),
    [
        ("ab", {"ab", "a", "b"}),
        ("a", {"a"}),
        ("abca", {"abca", "bca", "aca", "aba", "abc"}),
    ],
)
def test_spellings_lack_a_letter_of_a_short_word(word, spellings):
    assert spellings_of(word) == spellings


def test_spellings_lack_two_letters_of_the_beginning_of_a_long_word():
    spellings = spellings_of("abcdefghij")

    assert len(spellings) == 1 + 7 + 21
    assert {"abcdefg", "bcdefg", "abcde"} < spellings
