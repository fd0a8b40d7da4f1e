"""What may be tried how often, and what happens then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rule:
    """`free` tries, and then a wait before each further one.

    The first wait is `first_wait`; each one is twice the last, up to `longest_wait`. A `window`
    without a try forgets all. Tries during a wait do not count: nobody is locked out for good.
    Where the window is fixed, it begins with its first try, and the wait is for its end.
    """

    name: str
    free: int
    window: timedelta
    first_wait: timedelta
    longest_wait: timedelta
    is_fixed: bool = False

    @classmethod
    def at_rate(cls, name: str, rate: str) -> Rule:
        """Return the rule that a rate like `20/hour` stands for; raise ValueError if it is none."""
        match = re.fullmatch(r"([1-9][0-9]*)/(sec|min|hour|day)", rate)
        if match is None:
            raise ValueError(f"{rate} is no rate like 20/hour.")
        free, window = int(match[1]), _PERIODS[match[2]]
        return cls(name, free, window, window / free, window)

    @classmethod
    def per_window(cls, name: str, limit: int, window: timedelta) -> Rule:
        """Return the rule that allows so many in each window, however steadily they come."""
        return cls(name, limit, window, window, window, is_fixed=True)


_PERIODS = {
    "sec": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}

_MOMENT = timedelta(seconds=2)
_MINUTE = timedelta(minutes=1)
_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)

LOGIN_BY_EMAIL = Rule("login_email", 5, _QUARTER, _MOMENT, _QUARTER)
LOGIN_BY_NETWORK = Rule("login_network", 20, _QUARTER, _MOMENT, _QUARTER)
LOGIN_OVER_ALL_SHOPS = Rule("login_all_shops", 100, _QUARTER, _MOMENT, _QUARTER)
LOGINS_OF_USER = Rule("login_user", 120, _MINUTE, _MOMENT, _MINUTE)
PASSWORD_BY_SESSION = Rule("password_session", 5, _QUARTER, _MOMENT, _QUARTER)
PASSWORD_CHANGES = Rule.per_window("password_changes", 10, _HOUR)
# The next two are counted for each kind of mail.
MAIL_FROM_NETWORK = Rule.per_window("mail_network", 10, _HOUR)
MAIL_OVER_ALL_SHOPS = Rule.per_window("mail_all_shops", 50, _HOUR)
# The next four are counted for each kind of mail, and for the team's and the public's apart.
MAIL_TO_ADDRESS = Rule.per_window("mail_address", 3, _HOUR)
MAIL_FROM_SHOP = Rule.per_window("mail_shop", 500, _HOUR)
# For mail that a team causes and that of shops without a confirmed owner.
MAIL_TO_ADDRESS_OVER_ALL_SHOPS = Rule.per_window("mail_address_all_shops", 30, _HOUR)
MAIL_FROM_UNCONFIRMED_SHOP = Rule.per_window("mail_unconfirmed_shop", 10, timedelta(days=1))
# For all kinds together, except password resets, which no other mail may suppress.
MAIL_TO_ADDRESS_IN_ALL = Rule.per_window("mail_address_in_all", 30, _HOUR)
MAIL_BY_SENDER = Rule.per_window("mail_sender", 50, _HOUR)
SENDERS_MAIL_FROM_NETWORK = Rule.per_window("mail_senders_network", 100, _HOUR)
