import uuid
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from apps.api.renderers import QuickJSONRenderer

VALUES = {
    "None": None,
    "nothing": {},
    "nested": {"a": [1, None, True, {"b": "x"}], "c": OrderedDict(d=2)},
    "of serializers": ReturnList([ReturnDict({"a": 1}, serializer=None)], serializer=None),
    "text": 'quotes " and \\, <script>, é, 𝄞, \n\t\x00\x7f',
    "line separators": {"\u2028": "a\u2028b\u2029"},
    "UUID": uuid.UUID(int=7),
    "times": [
        datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        date(2026, 1, 2),
        timedelta(seconds=90),
    ],
    "decimal": Decimal("1.50"),
    "error": ErrorDetail("wrong", "invalid"),
    "lazy": gettext_lazy("Invalid"),
    "large integer": 2**70,
    "key that is not text": {1: "one", None: "none"},
    "tuple and set": [(1, 2), {3}],
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_bytes_are_those_of_rest_framework(value):
    assert QuickJSONRenderer().render(value) == JSONRenderer().render(value)


def test_indent_is_that_of_rest_framework():
    media_type = "application/json; indent=2"

    rendered = QuickJSONRenderer().render({"a": 1}, media_type)

    assert rendered == JSONRenderer().render({"a": 1}, media_type)
    assert b"\n" in rendered
