"""Every error as RFC 9457 problem details, no matter who raised it."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import Any

import psycopg2
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from drf_standardized_errors.handler import ExceptionHandler
from psycopg2.errors import (
    CheckViolation,
    ForeignKeyViolation,
    IdleInTransactionSessionTimeout,
    ReadOnlySqlTransaction,
    UniqueViolation,
)
from rest_framework import exceptions, status
from rest_framework.settings import api_settings

CONTENT_TYPE = "application/problem+json"

#: A list of half a million bad values is not answered in full.
MOST_ERRORS = 100

SERVER_ERROR = "Something went wrong on our side."


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This value has just been taken."
    default_code = "conflict"


class PreconditionFailed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "This has changed since you read it."
    default_code = "precondition_failed"


class ServiceUnavailable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The database cannot be reached right now."
    default_code = "unavailable"
    wait = 1


class TooManyTries(exceptions.APIException):
    """Says when the next try is welcome: `wait` goes into Retry-After, in whole seconds."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_detail = "Too many tries. Wait a little."
    default_code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = max(1, math.ceil(wait.total_seconds()))


def problem_response(
    status_code: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """Return a problem: `type, title, status, detail, code`, and `errors` of fields."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "detail": detail,
        "code": code,
    }
    if errors is not None:
        problem["errors"] = errors
    return JsonResponse(problem, status=status_code, content_type=CONTENT_TYPE, headers=headers)


class ProblemHandler(ExceptionHandler):
    """What REST framework calls for every exception of a view."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        return super().convert_known_exceptions(as_api_exception(exc))

    def format_exception(self, exc: exceptions.APIException) -> Any:
        return None  # get_response() has all it needs

    def get_response(self, exc: exceptions.APIException, data: Any) -> Any:
        errors = list(islice(_flattened(exc.detail), MOST_ERRORS))
        headers = self.get_headers(exc)
        if isinstance(exc, exceptions.ValidationError):
            return problem_response(
                exc.status_code,
                "invalid",
                "The request has invalid values.",
                errors=errors,
                headers=headers,
            )
        if status.is_server_error(exc.status_code) and not isinstance(exc, ServiceUnavailable):
            return problem_response(exc.status_code, "error", SERVER_ERROR, headers=headers)
        return problem_response(
            exc.status_code, errors[0]["code"], errors[0]["detail"], headers=headers
        )


#: What an error of the database means to a client, by psycopg2's exception beneath it.
_MEANINGS: dict[Any, Callable[[], exceptions.APIException]] = {
    UniqueViolation: Conflict,
    ForeignKeyViolation: partial(Conflict, "A row that this refers to has changed meanwhile."),
    (psycopg2.DataError, CheckViolation): partial(
        exceptions.ParseError, "A value cannot be stored."
    ),
    # PostgreSQL gave up on us, or serves as a stand-by.
    (IdleInTransactionSessionTimeout, ReadOnlySqlTransaction): ServiceUnavailable,
}


def as_api_exception(error: BaseException | None) -> Any:
    """Return what an exception of the database, or of reading the request, means to a client."""
    cause = getattr(error, "__cause__", None)
    for kind, meaning in _MEANINGS.items():
        if isinstance(error, DatabaseError) and isinstance(cause, kind):
            return meaning()
    match error:
        case OperationalError() | InterfaceError():
            return ServiceUnavailable()
        case DatabaseError() if type(cause) is psycopg2.DatabaseError:
            return ServiceUnavailable()  # without an SQLSTATE: the line broke in mid-answer
        case DatabaseError() if type(error) is DatabaseError and cause is None:
            return exceptions.NotFound()  # save(update_fields=...) found no row
        case SuspiciousOperation() | BadRequest():
            return exceptions.ParseError("The request cannot be understood.")
    return error


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's handler400."""
    return problem_response(400, "bad_request", "The request cannot be understood.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's handler403."""
    return problem_response(403, "permission_denied", "You may not do this.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Django's handler404."""
    return problem_response(404, "not_found", "Not found.")


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's handler500, and a 503 where it is the database that is missing."""
    error = as_api_exception(sys.exception())
    if isinstance(error, ServiceUnavailable):
        return problem_response(
            error.status_code,
            error.default_code,
            error.default_detail,
            headers={"Retry-After": str(error.wait)},
        )
    return problem_response(500, "error", SERVER_ERROR)


def _flattened(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Yield each error with the JSON pointer (RFC 6901) to its value; "" is the whole body."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            is_whole = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from _flattened(below, pointer if is_whole else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for index, below in enumerate(detail):
            is_error = isinstance(below, exceptions.ErrorDetail)
            yield from _flattened(below, pointer if is_error else f"{pointer}/{index}")
    else:
        yield {"pointer": pointer, "code": detail.code, "detail": str(detail)}
