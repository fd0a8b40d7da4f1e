"""The HTTP responses to errors of the database."""

from __future__ import annotations

import json

import psycopg2
import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from psycopg2 import errors
from rest_framework.exceptions import ErrorDetail, ValidationError

from apps.api.problems import (
    ProblemHandler,
    _flattened,
    as_api_exception,
)
from apps.users.models import User
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import make_user


def raised(error: Exception, cause: Exception) -> Exception:
    """Return the error as Django raises it: from the driver's own."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        raised(OperationalError(), errors.AdminShutdown()),
        raised(OperationalError(), errors.TooManyConnections()),
        raised(OperationalError(), errors.DiskFull()),
        raised(OperationalError(), errors.CannotConnectNow()),
        raised(InterfaceError(), psycopg2.InterfaceError()),
        raised(DatabaseError(), psycopg2.DatabaseError("server closed the connection")),
        raised(InternalError(), errors.IdleInTransactionSessionTimeout()),
        raised(InternalError(), errors.ReadOnlySqlTransaction()),
    ],
    ids=lambda error: type(error.__cause__).__name__,
)
def test_unavailable_database_is_503(error):
    assert as_api_exception(error).status_code == 503


@pytest.mark.parametrize(
    "error",
    [
        raised(ProgrammingError(), errors.UndefinedTable()),
        raised(InternalError(), errors.InternalError_()),
        raised(DatabaseError(), errors.RaiseException()),
        RuntimeError(),
    ],
)
def test_programming_error_is_not_converted(error):
    assert as_api_exception(error) is error


MEANINGS = {
    "taken meanwhile": (raised(IntegrityError(), errors.UniqueViolation()), 409),
    "referred to meanwhile": (raised(IntegrityError(), errors.ForeignKeyViolation()), 409),
    "refused by a check": (raised(IntegrityError(), errors.CheckViolation()), 400),
    "too long": (raised(DataError(), errors.StringDataRightTruncation()), 400),
    "too large": (raised(DataError(), errors.NumericValueOutOfRange()), 400),
    "no date": (raised(DataError(), errors.DatetimeFieldOverflow()), 400),
    "no text": (raised(DataError(), errors.CharacterNotInRepertoire()), 400),
    "no row for update_fields": (DatabaseError("did not affect any rows"), 404),
}


@pytest.mark.parametrize(("error", "status"), MEANINGS.values(), ids=MEANINGS)
def test_error_that_a_request_causes_is_a_4xx(error, status):
    assert as_api_exception(error).status_code == status


def test_errors_are_flattened_and_limited():
    bad = ErrorDetail("Bad.", code="bad")
    nested = {"a": [bad, bad], "b": {"c": {"1": [bad]}}, "d": [{}, {"e": [bad]}], "f": {}}
    whole = {"non_field_errors": [bad], "owner": {"non_field_errors": [bad]}}

    assert [error["pointer"] for error in _flattened(nested)] == ["/a", "/a", "/b/c/1", "/d/1/e"]
    assert [error["pointer"] for error in _flattened(whole)] == ["", "/owner"]
    many = ValidationError({"list": {str(number): [bad] for number in range(500_000)}})
    assert len(json.loads(ProblemHandler(many, {}).run().content)["errors"]) == 100


def test_real_save_of_a_missing_row_is_404(in_acme):
    user = make_user()
    User.objects.filter(pk=user.pk).delete()

    with pytest.raises(DatabaseError) as raised:
        user.save(update_fields=["first_name"])

    assert as_api_exception(raised.value).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_standby_is_503():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        with pytest.raises(InternalError) as raised, transaction.atomic():
            make_tenant()

    assert as_api_exception(raised.value).status_code == 503
