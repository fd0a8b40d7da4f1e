"""Limits on sent mail, by address and kind, sender, network and shop."""

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
    """Return how many of `number` mails to different addresses are sent."""
    return sum(is_sent(shop, f"stranger-{n}@example.com", **mail) for n in range(number))


@pytest.fixture
def unconfirmed(db):
    return make_tenant(confirmed_at=None)


@pytest.fixture
def sender(acme):
    with tenant_context(acme):
        return make_user()


def test_address_gets_three_mails_of_a_kind_an_hour(acme):
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


def test_wait_ends_with_the_window(acme):
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


def test_team_and_public_mail_are_counted_separately(acme, sender):
    for _ in range(4):
        is_sent(acme, kind=RESET, sender=sender)

    assert is_sent(acme, kind=RESET)


def test_public_mail_is_counted_by_shop(acme, globex):
    for _ in range(4):
        is_sent(acme)

    assert is_sent(globex)


def test_platform_has_its_own_limit(acme):
    for _ in range(3):
        count_mail(ADA, "find_shops", tenant=None)

    with pytest.raises(RateLimited):
        count_mail(ADA, "find_shops", tenant=None)
    assert is_sent(acme, kind="find_shops")


def test_address_tag_is_ignored(acme):
    seen = [is_sent(acme, to) for to in ("ada+1@example.com", "ada+2@example.com", ADA, ADA)]

    assert seen == [True] * 3 + [False]


def test_plus_sign_in_the_domain_is_not_a_tag(acme):
    assert [is_sent(acme, f"ada@a+{n}.example") for n in range(4)] == [True] * 4


def test_address_gets_thirty_mails_an_hour_from_all_teams(db):
    seen = []
    for _ in range(11):
        shop = make_tenant()
        with tenant_context(shop):
            owner = make_user()
        seen += [is_sent(shop, kind=INVITATION, sender=owner) for _ in range(3)]

    assert seen == [True] * 30 + [False] * 3


def test_address_gets_thirty_mails_an_hour_from_unconfirmed_shops(db):
    seen = [is_sent(make_tenant(confirmed_at=None), kind=SHOP_CONFIRMATION) for _ in range(32)]

    assert seen == [True] * 30 + [False] * 2


def mailed_by_many_shops() -> list[bool]:
    """Send mail to one address, with two tags and two kinds, from sixteen confirmed shops."""
    kinds = {"email_verification": "ada+1@example.com", "email_changed": "ada+2@example.com"}
    shops = [make_tenant() for _ in range(16)]
    return [is_sent(shop, to, kind=kind) for shop in shops for kind, to in kinds.items()]


def test_address_gets_thirty_mails_of_all_kinds_an_hour(db):
    assert mailed_by_many_shops() == [True] * 30 + [False] * 2

    with pytest.raises(RateLimited):
        count_mail(ADA, "find_shops", tenant=None)


def test_other_mail_does_not_suppress_a_reset(acme):
    mailed_by_many_shops()

    assert is_sent(acme, kind=RESET)


def test_four_shops_do_not_suppress_an_invitation_of_another(acme, sender):
    for _ in range(4):
        shop = make_tenant()
        with tenant_context(shop):
            owner = make_user()
        assert [is_sent(shop, kind=INVITATION, sender=owner) for _ in range(3)] == [True] * 3

    assert is_sent(acme, kind=INVITATION, sender=sender)


def test_network_causes_a_hundred_notices_an_hour(db):
    kinds = ("password_changed", "email_change_requested", "email_changed")
    shops = [make_tenant() for _ in kinds]

    total = sum(
        sent(shop, 40, kind=kind, client=NETWORK) for shop, kind in zip(shops, kinds, strict=True)
    )

    assert total == 100


def test_sender_sends_fifty_mails_an_hour(acme, sender):
    assert sent(acme, 60, kind=INVITATION, sender=sender) == 50


def test_senders_of_a_network_send_a_hundred_mails_an_hour(db):
    total = 0
    for _ in range(4):
        shop = make_tenant()
        with tenant_context(shop):
            owner = make_user()
        total += sent(shop, 40, kind=INVITATION, sender=owner, client=NETWORK)

    assert total == 100


def test_unconfirmed_shop_sends_ten_mails_of_a_kind_a_day(unconfirmed):
    assert sent(unconfirmed, 15) == 10
    age_counters(hours=23)
    assert sent(unconfirmed, 1) == 0
    age_counters(hours=1)
    assert sent(unconfirmed, 1) == 1


def test_unconfirmed_shop_counts_kinds_separately(unconfirmed):
    assert sent(unconfirmed, 11, kind="email_verification") == 10

    assert is_sent(unconfirmed, kind=RESET)


def test_unconfirmed_shop_counts_origins_separately(unconfirmed, sender):
    assert sent(unconfirmed, 11, kind=INVITATION) == 10

    assert is_sent(unconfirmed, kind=INVITATION, sender=sender)


def test_shop_confirmation_is_always_sent(unconfirmed):
    assert sent(unconfirmed, 10) == 10

    assert is_sent(unconfirmed, kind=SHOP_CONFIRMATION)


def test_confirmed_shop_sends_five_hundred_mails_of_a_kind_an_hour(acme):
    assert sent(acme, 510, kind="email_verification") == 500

    assert is_sent(acme, kind=RESET)


def test_mail_over_a_wide_limit_is_refunded_in_narrow_ones(unconfirmed):
    assert sent(unconfirmed, 10) == 10
    assert [is_sent(unconfirmed) for _ in range(4)] == [False] * 4

    unconfirmed.confirmed_at = unconfirmed.created_at

    assert [is_sent(unconfirmed) for _ in range(4)] == [True] * 3 + [False]


def test_mail_over_a_narrow_limit_is_not_counted_in_wide_ones(unconfirmed):
    assert [is_sent(unconfirmed) for _ in range(20)] == [True] * 3 + [False] * 17

    assert sent(unconfirmed, 10) == 7
