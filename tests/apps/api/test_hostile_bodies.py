"""Bodies that try to break the parser, at every endpoint that reads one."""

import json

import pytest

from apps.api.parsers import StrictJSONParser, StrictMultiPartParser
from tests.apps.api.assertions import client_problem, problem
from tests.apps.api.conftest import ONE_WRITE, WRITES
from tests.pairs import spread_first
from tests.surface import SITES, operations


def accepted(write, response):
    """Return True if the parser accepted the body."""
    return response.status_code in ({401} if "refresh" in write.good else {200, 201})


def test_good_body_is_accepted(every_write):
    assert accepted(every_write, every_write(json.dumps(every_write.good)))


HOSTILE = {
    "space": b"   \n",
    "no json": b"hello",
    "half": b'{"name": "x"',
    "two values": b"{} {}",
    "trailing comma": b'{"name": "x",}',
    "single quotes": b"{'name': 'x'}",
    "comment": b'{"name": "x" /* y */}',
    "python": b'{"name": None}',
    "raw newline in a string": b'{"name": "a\nb"}',
    "raw NUL": b'{"name": "a\x00b"}',
    "NUL bytes alone": b"\x00" * 100,
    "broken UTF-8": b'{"name": "\xff\xfe"}',
    "overlong UTF-8": b'{"name": "\xc0\xaf"}',
    "surrogates in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "cut UTF-8": b'{"name": "\xe2\x82"}',
    "latin-1": '{"name": "Käse"}'.encode("latin-1"),
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "UTF-32": '{"name": "x"}'.encode("utf-32"),
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "lists 10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "lists 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects 10,000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "100,000 open": b"[" * 100_000,
    "a list": b"[]",
    "a list of objects": b'[{"name": "x"}]',
    "a string": b'"name"',
    "null": b"null",
    "true": b"true",
    "a number": b"42",
    "an int of 5,000 digits": b"9" * 5_000,
    "NaN": b"NaN",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_body_is_400(write, body):
    problem(write(body), 400)


def test_hostile_body_is_400_at_every_endpoint(every_write):
    for name in ("half", "broken UTF-8", "a list"):
        problem(every_write(HOSTILE[name]), 400)


def test_every_view_reads_bodies_by_one_of_two_parsers():
    """Forms are for uploads."""
    views = {op.view.cls for site in SITES for op in operations(site) if hasattr(op.view, "cls")}
    assert {tuple(view.parser_classes) for view in views} == {
        (StrictJSONParser,),
        (StrictMultiPartParser,),
    }


def test_missing_body_is_400(every_write):
    response = every_write(b"")
    if response.status_code == 200:  # nothing to change
        assert every_write.method == "patch"
    else:
        problem(response, 400)


#: Invalid JSON that a lax parser accepts, in an unknown field.
STRICT = {
    "1e999": "1e999",
    "-1e999": "-1e999",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "5,000 digits": "9" * 5_000,
    "-5,000 digits": "-" + "9" * 5_000,
    "NUL": r'"a\u0000b"',
    "NUL in a key": r'{"a\u0000b": 1}',
    "high surrogate": r'"\ud800"',
    "low surrogate": r'"a\udc00b"',
    "surrogates the wrong way round": r'"\udc00\ud800"',
    "surrogate in a key": r'{"\ud800": 1}',
    "duplicate keys": '{"a": 1, "a": 2}',
    "duplicate keys, one escaped": r'{"a": 1, "\u0061": 2}',
    "duplicate keys, deep down": '[[{"b": [{"a": 1, "a": 1}]}]]',
    "NaN deep down": '[[{"b": [NaN]}]]',
    "65 deep": "[" * 64 + "]" * 64,
    "objects 65 deep": '{"a":' * 64 + "1" + "}" * 64,
    "65 deep after a string of brackets": '["' + "]" * 70 + '", ' + "[" * 63 + "]" * 63 + "]",
}


@pytest.mark.parametrize("text", STRICT.values(), ids=STRICT)
def test_invalid_json_is_400_in_an_unknown_field_too(write, text):
    body = problem(write(write.with_extra(text)), 400)
    assert len(json.dumps(body)) < 2_000  # and is not echoed


def test_duplicate_of_a_real_field_is_400(every_write):
    name, value = next(iter(every_write.good.items()))
    again = json.dumps(every_write.good)[:-1] + f", {json.dumps(name)}: {json.dumps(value)}}}"
    problem(every_write(again), 400)


LAX = {
    "64 deep": "[" * 63 + "]" * 63,
    "objects 64 deep": '{"a":' * 63 + "1" + "}" * 63,
    "64 deep, twice": f"[{'[' * 62 + ']' * 62}, {'[' * 62 + ']' * 62}]",
    "brackets in a string": json.dumps("[{" * 5_000),
    "quotes and brackets in a string": json.dumps('"[\\"{' * 500),
    "wide": "[" + "[]," * 1_000 + "1]",
    "big but finite": "1e308",
    "small": "1e-999",
    "an int of 1,000 digits": "9" * 1_000,
    "a pair of surrogates": r'"\ud83d\ude00"',
    "same key in two objects": '[{"a": 1}, {"a": 2}]',
}


@pytest.mark.parametrize("text", LAX.values(), ids=LAX)
def test_unusual_valid_json_is_accepted(write, text):
    assert accepted(write, write(write.with_extra(text)))


def test_body_over_a_megabyte_is_413(every_write):
    filler = "x" * (1_000_001 - len(every_write.with_extra('""')))
    body = every_write.with_extra(json.dumps(filler))
    assert len(body) == 1_000_001
    problem(every_write(body), 413)


def test_megabyte_of_garbage_is_refused(write):
    problem(write(b"[" * 3_000_000), 413)


def test_body_under_a_megabyte_is_accepted(write):
    filler = "x" * (999_000 - len(write.good))
    assert accepted(write, write(write.with_extra(json.dumps(filler))[:-1] + "}"))


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/html",
        "text/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/vnd.api+json",
        "application/jsonp",
        "nonsense",
    ],
)
def test_other_content_type_is_415(write, content_type):
    problem(write(json.dumps(write.good), content_type=content_type), 415)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json;charset=utf8",
        "Application/JSON",
    ],
)
def test_json_by_any_of_its_names_is_accepted(write, content_type):
    assert accepted(write, write(json.dumps(write.good), content_type=content_type))


@pytest.mark.parametrize(
    "charset", ["bogus", "utf-7", "utf-16", "latin-1", "rot13", "idna", "../x"]
)
def test_other_charset_is_refused(write, charset):
    response = write(json.dumps(write.good), content_type=f"application/json; charset={charset}")
    assert response.status_code in {400, 415}
    client_problem(response)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json" + ";" * 5_000,
        "application/json; " + "a=b; " * 2_000,
        "\x00",
        "é/ü",
        "/",
        "*/*",
    ],
)
def test_malformed_content_type_is_not_a_server_error(write, content_type):
    response = write(json.dumps(write.good), content_type=content_type)
    if not accepted(write, response):
        client_problem(response)


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", ""])
def test_malformed_content_length_is_not_a_server_error(write, length):
    response = write(json.dumps(write.good), CONTENT_LENGTH=length)
    if not accepted(write, response):
        client_problem(response)


@pytest.mark.parametrize(
    ("value", "name"),
    spread_first(
        [[], {}, True, 1.5, 10**30, {"$ne": None}, [[["x"]]], "\u202e", "x" * 200_000],
        [ONE_WRITE, *(name for name in WRITES if name != ONE_WRITE)],
    ),
)
def test_value_of_another_type_is_not_a_server_error(sending, value, name):
    send = sending(name)
    for field in send.good:
        response = send(json.dumps(send.good | {field: value}))
        if not accepted(send, response):
            client_problem(response)
