"""Mail is counted where it is sent: by address and kind, sender, network and shop."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.throttling.client import Client
from apps.throttling.exceptions import RateLimited
from apps.throttling.mail_quota import SHOP_CONFIRMATION, count_mail
from tests.apps.tenants.factories import make_tenant
from tests.apps.throttling.ageing import age_counters
from tests.apps.users.factories import make_user

ADA = "ada@example.com"
RESET, INVITATION = "password_reset", "invitation"
NETWORK = Client("203.0.113.7", "")

pytestmark = pytest.mark.django_db


def is_sent(shop, to=ADA, kind=RESET, **origin) -> bool:
    with tenant_context(shop):
        try:
            count_mail(to, kind, tenant=shop, **origin)
        except RateLimited:
            return False
    return True


def sent(shop, number, **mail) -> int:
    """Return how many of so many mails are sent, each to another stranger."""
    return sum(is_sent(shop, f"stranger-{n}@example.com", **mail) for n in range(number))


@pytest.fixture
def unconfirmed(db):
    return make_tenant(confirmed_at=None)


@pytest.fixture
def sender(acme):
    with tenant_context(acme):
        return make_user()


def test_one_address_gets_three_mails_of_a_kind_an_hour(acme):
    assert [is_sent(acme, spelling) for spelling in (ADA, ADA.upper(), ADA, ADA)] == [
        True,
        True,
        True,
        False,
    ]


def test_window_ends_after_an_hour(acme):
    for _ in range(4):
        is_sent(acme)

    age_counters(hours=1)

    assert is_sent(acme)


def test_steady_mail_within_the_limit_is_never_refused(acme):
    seen = []
    for _ in range(8):
        seen.append(is_sent(acme))
        age_counters(minutes=25)

    assert seen == [True] * 8


def test_wait_is_for_the_end_of_the_window(acme):
    is_sent(acme)
    age_counters(minutes=45)
    is_sent(acme)
    is_sent(acme)

    with tenant_context(acme), pytest.raises(RateLimited) as caught:
        count_mail(ADA, RESET, tenant=acme)

    assert round(caught.value.wait.total_seconds()) == 900


def test_each_kind_of_mail_has_its_own_limit(acme):
    for _ in range(4):
        is_sent(acme, kind="email_verification")

    assert is_sent(acme, kind=RESET)


def test_mail_of_the_team_and_of_the_public_are_counted_apart(acme, sender):
    for _ in range(4):
        is_sent(acme, kind=RESET, sender=sender)

    assert is_sent(acme, kind=RESET)


def test_each_shop_counts_for_itself_what_the_public_asks_for(acme, globex):
    for _ in range(4):
        is_sent(acme)

    assert is_sent(globex)


def test_platform_has_its_own_limit(acme):
    for _ in range(3):
        count_mail(ADA, "find_shops", tenant=None)

    with pytest.raises(RateLimited):
        count_mail(ADA, "find_shops", tenant=None)
    assert is_sent(acme, kind="find_shops")


def test_tag_makes_no_other_address(acme):
    seen = [is_sent(acme, to) for to in ("ada+1@example.com", "ada+2@example.com", ADA, ADA)]

    assert seen == [True] * 3 + [False]


def test_tag_in_the_domain_is_another_address(acme):
    assert [is_sent(acme, f"ada@a+{n}.example") for n in range(4)] == [True] * 4


def test_one_address_is_mailed_by_all_teams_thirty_times_an_hour(db):
    seen = []
    for _ in range(11):
        shop = make_tenant()
        with tenant_context(shop):
            owner = make_user()
        seen += [is_sent(shop, kind=INVITATION, sender=owner) for _ in range(3)]

    assert seen == [True] * 30 + [False] * 3


def test_one_address_is_mailed_by_all_new_shops_thirty_times_an_hour(db):
    seen = [is_sent(make_tenant(confirmed_at=None), kind=SHOP_CONFIRMATION) for _ in range(32)]

    assert seen == [True] * 30 + [False] * 2


def mailed_by_many_shops() -> list[bool]:
    """Mail one address, under two tags and for two kinds, from sixteen confirmed shops."""
    kinds = {"email_verification": "ada+1@example.com", "email_changed": "ada+2@example.com"}
    shops = [make_tenant() for _ in range(16)]
    return [is_sent(shop, to, kind=kind) for shop in shops for kind, to in kinds.items()]


def test_one_address_gets_thirty_mails_of_all_kinds_an_hour(db):
    assert mailed_by_many_shops() == [True] * 30 + [False] * 2

    with pytest.raises(RateLimited):
        count_mail(ADA, "find_shops", tenant=None)


def test_other_mail_suppresses_no_reset(acme):
    mailed_by_many_shops()

    assert is_sent(acme, kind=RESET)


def test_four_shops_suppress_no_invitation_of_another_one(acme, sender):
    for _ in range(4):
        shop = make_tenant()
        with tenant_context(shop):
            owner = make_user()
        assert [is_sent(shop, kind=INVITATION, sender=owner) for _ in range(3)] == [True] * 3

    assert is_sent(acme, kind=INVITATION, sender=sender)


def test_notices_from_one_network_reach_a_hundred_strangers_an_hour(db):
    kinds = ("password_changed", "email_change_requested", "email_changed")
    shops = [make_tenant() for _ in kinds]

    total = sum(
        sent(shop, 40, kind=kind, client=NETWORK) for shop, kind in zip(shops, kinds, strict=True)
    )

    assert total == 100


def test_one_sender_mails_fifty_strangers_an_hour(acme, sender):
    assert sent(acme, 60, kind=INVITATION, sender=sender) == 50


def test_senders_of_one_network_mail_a_hundred_strangers_an_hour(db):
    total = 0
    for _ in range(4):
        shop = make_tenant()
        with tenant_context(shop):
            owner = make_user()
        total += sent(shop, 40, kind=INVITATION, sender=owner, client=NETWORK)

    assert total == 100


def test_shop_without_a_confirmed_owner_sends_ten_mails_of_a_kind_a_day(unconfirmed):
    assert sent(unconfirmed, 15) == 10
    age_counters(hours=23)
    assert sent(unconfirmed, 1) == 0
    age_counters(hours=1)
    assert sent(unconfirmed, 1) == 1


def test_kinds_of_mail_count_apart_before_the_confirmation(unconfirmed):
    assert sent(unconfirmed, 11, kind="email_verification") == 10

    assert is_sent(unconfirmed, kind=RESET)


def test_origins_of_mail_count_apart_before_the_confirmation(unconfirmed, sender):
    assert sent(unconfirmed, 11, kind=INVITATION) == 10

    assert is_sent(unconfirmed, kind=INVITATION, sender=sender)


def test_confirmation_is_mailed_whatever_else_was(unconfirmed):
    assert sent(unconfirmed, 10) == 10

    assert is_sent(unconfirmed, kind=SHOP_CONFIRMATION)


def test_confirmed_shop_sends_five_hundred_mails_of_a_kind_an_hour(acme):
    assert sent(acme, 510, kind="email_verification") == 500

    assert is_sent(acme, kind=RESET)


def test_mail_that_a_wide_limit_refuses_does_not_use_up_a_narrow_one(unconfirmed):
    assert sent(unconfirmed, 10) == 10
    assert [is_sent(unconfirmed) for _ in range(4)] == [False] * 4

    unconfirmed.confirmed_at = unconfirmed.created_at

    assert [is_sent(unconfirmed) for _ in range(4)] == [True] * 3 + [False]


def test_mail_that_a_narrow_limit_refuses_does_not_use_up_a_wide_one(unconfirmed):
    assert [is_sent(unconfirmed) for _ in range(20)] == [True] * 3 + [False] * 17

    assert sent(unconfirmed, 10) == 7
