"""A JSON parser that rejects ambiguous, unstorable and expensive bodies."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser

# Possessive quantifiers, and unterminated strings match too, so that each takes linear time.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = re.compile(r"[^\[\]{}]++")
# The escapes of what PostgreSQL cannot store as text: NUL and lone surrogates.
_UNSTORABLE = re.compile(
    r"(?:[^\\]++|\\[^u]|\\u(?!0000|d[89a-f])|\\ud[89ab]..\\ud[c-f])*+\\u",
    re.IGNORECASE | re.DOTALL,
)


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request body is too large.")
    default_code = "body_too_large"


class StrictJSONParser(BaseParser):
    """JSON (RFC 8259) in UTF-8 without duplicate names, NaN, overflows, NUL and lone surrogates.

    Return 413 for bodies over MAX_BODY_BYTES, and 400 for nesting over MAX_JSON_DEPTH, more than
    MAX_JSON_CONTAINERS arrays and objects, and anything else.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        if _charset_of(media_type) not in {"", "utf-8", "utf8"}:
            raise UnsupportedMediaType(media_type or "", "JSON must be encoded in UTF-8.")
        body = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            text = body.decode("utf-8")
            _require_parsable(text)
            return json.loads(
                text,
                object_pairs_hook=_without_duplicates,
                parse_constant=_reject_constant,
                parse_float=_finite,
            )
        except ValueError as error:
            raise ParseError("The body is not valid JSON.") from error


class StrictMultiPartParser(MultiPartParser):
    """A form with a file, of up to the `max_upload_bytes` of the view."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        context = parser_context or {}
        length = int(context["request"].META.get("CONTENT_LENGTH") or 0)
        if length > context["view"].max_upload_bytes + settings.MAX_FORM_BYTES:
            raise BodyTooLarge
        return super().parse(stream, media_type, parser_context)


def _charset_of(media_type: str | None) -> str:
    for parameter in (media_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _require_parsable(text: str) -> None:
    # Before parsing, which recurses: deep nesting would raise RecursionError.
    brackets = _NOT_BRACKETS.sub("", _STRING.sub("", text))
    if len(brackets) > 2 * settings.MAX_JSON_CONTAINERS:
        raise ValueError("too many arrays and objects")
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in "[{" else -1
        if depth > settings.MAX_JSON_DEPTH:
            raise ValueError("nested too deep")
    if _UNSTORABLE.match(text):
        raise ValueError("a string cannot be stored")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number
