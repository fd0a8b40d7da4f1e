"""Errors as problem details (RFC 9457), and the mapping of exceptions to HTTP."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any

import psycopg2
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.handler import ExceptionHandler
from psycopg2.errors import (
    CheckViolation,
    ForeignKeyViolation,
    IdleInTransactionSessionTimeout,
    ReadOnlySqlTransaction,
    UniqueViolation,
)
from rest_framework import exceptions, status
from rest_framework.fields import get_error_detail
from rest_framework.settings import api_settings

from apps.jobs.exceptions import JobQueueFull
from apps.mail.exceptions import MailQueueFull
from apps.products.exceptions import (
    InsufficientStock,
    InvalidEdit,
    LastVariant,
    StorageFull,
    TooManyProducts,
)
from apps.products.images.exceptions import InvalidImage
from apps.shops.exceptions import CodeTaken
from apps.throttling.exceptions import RateLimited
from apps.users.exceptions import InvalidLink, LastOwner

CONTENT_TYPE = "application/problem+json"

#: Errors in one response: a body may contain half a million invalid values.
MAX_ERRORS = 100

SERVER_ERROR = "Something went wrong on our side."
TOO_MANY_TRIES = _("Too many tries. Wait a little.")
CODE_IN_USE = _("This code is in use.")
#: The unique keys of the member `code`.
CODE_CONSTRAINTS = frozenset({"products_product_code", "products_collection_code"})


class Problem(exceptions.APIException):
    """An exception with a status; `wait` is rounded up to whole seconds for Retry-After."""

    def __init__(self, status_code: int, code: str, detail: str, wait: float | None = None) -> None:
        super().__init__(detail, code)
        self.status_code = status_code
        self.wait = None if wait is None else max(1, math.ceil(wait))


def _to(status_code: int, code: str, detail: Any, wait: float | None = None) -> Any:
    return lambda error: Problem(status_code, code, str(detail), wait)


def nested(detail: Any, path: Sequence[str | int]) -> Any:
    """Return `detail` below the members of `path`."""
    for member in reversed(path):
        detail = {member: detail}
    return detail


def _unique_violation(error: UniqueViolation) -> exceptions.APIException:
    if error.diag.constraint_name in CODE_CONSTRAINTS:
        return exceptions.ValidationError({"code": str(CODE_IN_USE)}, "unique")
    return Problem(409, "conflict", str(_("This value has just been taken.")))


_UNAVAILABLE = _to(503, "unavailable", _("The database cannot be reached right now."), wait=1)

#: The API exceptions of other exceptions. The first class that matches counts; of an error of
#: Django's database layer, psycopg2's exception is looked up first.
PROBLEMS: dict[type[BaseException], Callable[[Any], exceptions.APIException]] = {
    InvalidLink: lambda error: exceptions.ValidationError(
        {"token": _("This link is invalid or expired.")}, "invalid"
    ),
    LastOwner: _to(409, "last_owner", _("A shop keeps at least one active owner.")),
    CodeTaken: _to(409, "code_taken", _("This code belongs or belonged to a shop.")),
    InvalidEdit: lambda error: exceptions.ValidationError(
        nested([exceptions.ErrorDetail(error.detail, error.code)], error.path)
    ),
    InvalidImage: lambda error: exceptions.ValidationError({"file": str(error)}, error.code),
    JobQueueFull: _to(
        503, "unavailable", _("Too many jobs are waiting. Try again later."), wait=10
    ),
    InsufficientStock: _to(409, "insufficient_stock", _("There is not enough stock.")),
    LastVariant: _to(409, "last_variant", _("A product keeps at least one variant.")),
    TooManyProducts: _to(
        409, "too_many_products", _("The shop has reached its limit of products.")
    ),
    StorageFull: _to(413, "storage_full", _("The shop has reached its limit of storage.")),
    MailQueueFull: _to(
        503, "unavailable", _("Too many mails are waiting to be sent. Try again later."), wait=10
    ),
    RateLimited: lambda error: Problem(
        429, "too_many_tries", str(TOO_MANY_TRIES), error.wait.total_seconds()
    ),
    DjangoValidationError: lambda error: exceptions.ValidationError(get_error_detail(error)),
    SuspiciousOperation: _to(400, "parse_error", _("The request cannot be understood.")),
    BadRequest: _to(400, "parse_error", _("The request cannot be understood.")),
    UniqueViolation: _unique_violation,
    ForeignKeyViolation: _to(
        409, "conflict", _("A row that this refers to has changed meanwhile.")
    ),
    CheckViolation: _to(400, "parse_error", _("A value cannot be stored.")),
    psycopg2.DataError: _to(400, "parse_error", _("A value cannot be stored.")),
    # PostgreSQL has closed the session, or is a standby.
    IdleInTransactionSessionTimeout: _UNAVAILABLE,
    ReadOnlySqlTransaction: _UNAVAILABLE,
    OperationalError: _UNAVAILABLE,
    InterfaceError: _UNAVAILABLE,
}


def problem_response(
    status_code: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """Return a problem details response, with `errors` of single fields if given."""
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
    """DRF's handler of exceptions in views."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        return super().convert_known_exceptions(as_api_exception(exc))

    def format_exception(self, exc: exceptions.APIException) -> Any:
        return None  # get_response() needs only the exception

    def get_response(self, exc: exceptions.APIException, data: Any) -> Any:
        errors = list(islice(_flattened(exc.detail), MAX_ERRORS))
        headers = self.get_headers(exc)
        if isinstance(exc, exceptions.ValidationError):
            return problem_response(
                exc.status_code,
                "invalid",
                "The request has invalid values.",
                errors=errors,
                headers=headers,
            )
        if status.is_server_error(exc.status_code) and not _is_unavailable(exc):
            return problem_response(exc.status_code, "error", SERVER_ERROR, headers=headers)
        return problem_response(
            exc.status_code, errors[0]["code"], errors[0]["detail"], headers=headers
        )


def as_api_exception(error: BaseException | None) -> Any:
    """Return the API exception for `error` in PROBLEMS, or `error` itself."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    for exception in (cause, error):
        for kind, problem in PROBLEMS.items():
            if isinstance(exception, kind):
                return problem(exception)
    if type(cause) is psycopg2.DatabaseError:
        return _UNAVAILABLE(error)  # no SQLSTATE: the connection dropped in mid-query
    if type(error) is DatabaseError and cause is None:
        return exceptions.NotFound()  # save(update_fields=...) found no row
    return error


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """Handle errors of Django, as its handler400."""
    return problem_response(400, "bad_request", "The request cannot be understood.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return problem_response(403, "permission_denied", "You may not do this.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return problem_response(404, "not_found", "Not found.")


def server_error(request: HttpRequest) -> JsonResponse:
    """Return 500, or 503 if the database is unavailable."""
    error = as_api_exception(sys.exception())
    if _is_unavailable(error):
        return problem_response(
            error.status_code,
            error.detail.code,
            error.detail,
            headers={"Retry-After": str(error.wait)},
        )
    return problem_response(500, "error", SERVER_ERROR)


def _flattened(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Yield each error with the JSON pointer (RFC 6901) to its value, "" for the whole body."""
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


def _is_unavailable(error: Any) -> bool:
    return isinstance(error, Problem) and error.status_code == HTTPStatus.SERVICE_UNAVAILABLE
