"""The JSON parser alone, over many bodies; each endpoint that reads one is tested beside it."""

import json
from io import BytesIO

import pytest
from rest_framework.exceptions import ParseError

from apps.api.parsers import StrictJSONParser

MEGABYTE = 1_000_000


def parse(text):
    return StrictJSONParser().parse(BytesIO(text.encode()), "application/json")


#: A megabyte each. Where a step takes quadratic time, these take from minutes to hours.
HOSTILE = {
    "escaped quotes without an end": '{"a": "' + '\\"' * 499_000,
    "backslashes without an end": '{"a": "' + "\\" * 999_000,
    "quotes": '"' * MEGABYTE,
    "strings without an end": '["a", ' * 160_000,
    "open brackets": "[" * MEGABYTE,
    "brackets the wrong way round": "][" * 500_000,
    "empty lists": "[" + "[]," * 333_000 + "[]]",
    "empty objects": "[" + "{}," * 333_000 + "{}]",
    "towers": "[" + ("[" * 62 + "]" * 62 + ",") * 7_900 + "1]",
    "digits": "9" * MEGABYTE,
    "spaces": " " * MEGABYTE,
    "escaped high surrogates": '["' + "\\ud83d" * 160_000 + '"]',
    "half an escape": '["' + "\\u" * 499_000 + '"]',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_megabyte_is_refused(text):
    assert len(text) <= MEGABYTE
    with pytest.raises(ParseError):
        parse(text)


#: What JSON may hold, at its most costly.
COSTLY = {
    "escaped quotes": ["\\" + '"' * 499_000],
    "escapes": ["\n" * 499_000],
    "pairs of surrogates": ["\N{GRINNING FACE}" * 83_000],
    "numbers": [1] * 333_000,
    "names": {str(number): 1 for number in range(70_000)},
    "objects": [{}] * 49_999,
}


@pytest.mark.parametrize("value", COSTLY.values(), ids=COSTLY)
def test_expensive_value_is_parsed(value):
    text = json.dumps(value)

    assert len(text) <= MEGABYTE
    assert parse(text) == value


@pytest.mark.parametrize(
    "text",
    [
        r'"\u0000"',
        r'"a\u0000b"',
        r'"\\\u0000"',
        r'"\ud800"',
        r'"\uD800"',
        r'"\udfff"',
        r'"\udc00\ud800"',
        r'"\ud800\ud800\udc00"',
        r'"\ud83d\u0041"',
        r'"\ud83d \ude00"',
        r'{"\ud800": 1}',
    ],
)
def test_unstorable_string_is_refused(text):
    json.loads(text)
    with pytest.raises(ParseError):
        parse(text)


@pytest.mark.parametrize(
    "text", [r'"\\u0000"', r'"\\\\ud800"', r'"\ud83d\ude00"', r'"\uD83D\uDE00"', r'"\u00e9\u0001"']
)
def test_storable_string_with_escapes_is_parsed(text):
    assert parse(text) == json.loads(text)
