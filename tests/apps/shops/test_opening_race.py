"""Concurrent requests for one code create one complete shop."""

from collections import Counter
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.apps.api.assertions import problem
from tests.apps.shops.requests import opening
from tests.conftest import PLATFORM, ShopClient
from tests.load.parallel import in_parallel

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

PEOPLE = 50


def open_as(number, code):
    client = ShopClient(PLATFORM, raise_request_exception=False)
    client.raise_request_exception = False
    owner = {"email": f"person-{number}@pear.example"}
    return client.post("/api/shops/", opening(code, name=f"Pear {number}", owner=owner))


def test_one_of_fifty_parallel_openings_wins():
    responses = in_parallel(PEOPLE, lambda number: open_as(number, "pear"))
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
    in_parallel(PEOPLE, lambda number: open_as(number, "pear"))
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
    responses = in_parallel(20, lambda number: open_as(number, codes[number % len(codes)]))
    assert Counter(response.status_code for response in responses) == {201: 1, 409: 19}
    assert Tenant.objects.count() == 1


def test_different_codes_do_not_wait_for_each_other():
    responses = in_parallel(10, lambda number: open_as(number, f"pear-{number}"))
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


@pytest.mark.parametrize(("table", "winners"), [("race_checked", 20), ("race_unique", 1)])
def test_control_check_before_insert_loses_the_race(codes_table, table, winners):
    """The race is real: without the unique key all twenty get the code."""
    times = 20
    checked = Barrier(times)

    def check_then_insert(number):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE code = 'pear'")
            taken = cursor.fetchone()
            checked.wait(timeout=30)
            assert not taken
            try:
                cursor.execute(f"INSERT INTO {table} VALUES ('pear')")
            except IntegrityError:
                return False
        return True

    assert sum(in_parallel(times, check_then_insert)) == winners
