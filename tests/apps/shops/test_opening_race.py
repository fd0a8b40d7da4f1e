"""Fifty people want one code. PostgreSQL decides, and nobody is left half a shop."""

from collections import Counter
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.api.assertions import problem
from tests.apps.api.crowds import in_parallel
from tests.apps.shops.requests import opening
from tests.conftest import PLATFORM, ShopClient

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

PEOPLE = 50


def open_as(number, code):
    client = ShopClient(PLATFORM, raise_request_exception=False)
    client.raise_request_exception = False
    owner = {"email": f"person-{number}@pear.example"}
    return client.post("/api/shops/", opening(code, name=f"Pear {number}", owner=owner))


def test_one_of_fifty_parallel_openings_wins():
    responses = in_parallel(lambda number: open_as(number, "pear"), PEOPLE)
    assert Counter(response.status_code for response in responses) == {201: 1, 409: PEOPLE - 1}
    for response in responses:
        if response.status_code == 409:
            problem(response, 409, "code_taken")

    (winner,) = [number for number, response in enumerate(responses) if response.status_code == 201]
    shop = Tenant.objects.get()
    assert (shop.code, shop.name) == ("pear", f"Pear {winner}")
    with tenant_context(shop):
        assert [user.email for user in User.objects.all()] == [f"person-{winner}@pear.example"]


def test_losers_leave_nothing_behind():
    in_parallel(lambda number: open_as(number, "pear"), PEOPLE)
    with connections["owner"].cursor() as cursor:  # the role that sees every shop's rows
        cursor.execute("SELECT count(*) FROM tenants")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT count(*), count(DISTINCT tenant_id) FROM users")
        assert cursor.fetchone() == (1, 1)


@pytest.fixture
def _unrecordable():
    """Nothing can be written to the audit log."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_events ADD CONSTRAINT no_room CHECK (false) NOT VALID")
        yield
        cursor.execute("ALTER TABLE audit_events DROP CONSTRAINT no_room")


@pytest.mark.usefixtures("_unrecordable")
def test_shop_that_cannot_be_recorded_is_not_opened():
    assert open_as(1, "pear").status_code == 400
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM tenants), (SELECT count(*) FROM users)")
        assert cursor.fetchone() == (0, 0)


def test_look_alike_codes_race_for_one_shop():
    codes = ["look", "l00k", "1ook", "lo0k"]
    responses = in_parallel(lambda number: open_as(number, codes[number % len(codes)]), times=20)
    assert Counter(response.status_code for response in responses) == {201: 1, 409: 19}
    assert Tenant.objects.count() == 1


def test_different_codes_do_not_wait_for_each_other():
    responses = in_parallel(lambda number: open_as(number, f"pear-{number}"), times=10)
    assert [response.status_code for response in responses] == [201] * 10
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT tenant_id) FROM users")
        assert cursor.fetchone() == (10, 10)


@pytest.fixture
def codes_table():
    """Two tables the application may write: one with a unique key, one without."""
    app = connection.settings_dict["USER"]
    with connections["owner"].cursor() as cursor:
        for table, constraint in (("race_checked", ""), ("race_unique", "UNIQUE")):
            cursor.execute(f"CREATE TABLE {table} (code text {constraint})")
            cursor.execute(f'GRANT SELECT, INSERT ON {table} TO "{app}"')
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE race_checked, race_unique")


@pytest.mark.parametrize(("table", "one_wins"), [("race_checked", False), ("race_unique", True)])
def test_control_a_check_before_the_insert_would_lose_the_race(codes_table, table, one_wins):
    """The race is real: without the unique key the same crowd gets the code more than once."""
    times = 20
    checked = Barrier(times)

    def check_then_insert(number):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE code = 'pear'")
            taken = cursor.fetchone()
            checked.wait(timeout=30)
            if taken:
                return False
            cursor.execute(f"INSERT INTO {table} VALUES ('pear')")
        return True

    results = in_parallel(check_then_insert, times)
    winners = [result for result in results if result is True]
    assert (len(winners) == 1) is one_wins
    if one_wins:
        assert all(isinstance(each, IntegrityError) for each in results if each is not True)
