from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class RateLimit:
    """A limit of attempts in a window, which restarts after a window without attempts.

    With `backoff`, the first and the longest wait, a subject at the limit has to wait before its
    next attempt, and each further attempt doubles the wait. Without it, the window begins with the
    first attempt, and a subject at the limit is blocked until its end. Attempts during a wait are
    not counted, so that a lockout ends.
    """

    name: str
    limit: int
    window: timedelta
    backoff: tuple[timedelta, timedelta] | None = None

    @classmethod
    def parse(cls, name: str, rate: str) -> RateLimit:
        """Return the limit for a rate such as `20/hour`; raise ValueError if it is malformed."""
        match = re.fullmatch(r"([1-9][0-9]*)/(sec|min|hour|day)", rate)
        if match is None:
            raise ValueError(f"{rate} is not a rate such as 20/hour.")
        limit, window = int(match[1]), _PERIODS[match[2]]
        return cls(name, limit, window, (window / limit, window))


_PERIODS = {
    "sec": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}

_MINUTE = timedelta(minutes=1)
_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)
_GROWING = (timedelta(seconds=2), _QUARTER)

LOGIN_BY_EMAIL = RateLimit("login_email", 5, _QUARTER, _GROWING)
LOGIN_BY_NETWORK = RateLimit("login_network", 20, _QUARTER, _GROWING)
LOGIN_OVER_ALL_SHOPS = RateLimit("login_all_shops", 100, _QUARTER, _GROWING)
LOGINS_OF_USER = RateLimit("login_user", 120, _MINUTE, (timedelta(seconds=2), _MINUTE))
PASSWORD_BY_SESSION = RateLimit("password_session", 5, _QUARTER, _GROWING)
PASSWORD_CHANGES = RateLimit("password_changes", 10, _HOUR)
# The next two are counted separately for each kind of mail.
MAIL_FROM_NETWORK = RateLimit("mail_network", 10, _HOUR)
MAIL_OVER_ALL_SHOPS = RateLimit("mail_all_shops", 50, _HOUR)
# The next four are counted separately for each kind of mail and origin (team or public).
MAIL_TO_ADDRESS = RateLimit("mail_address", 3, _HOUR)
MAIL_FROM_SHOP = RateLimit("mail_shop", 500, _HOUR)
# For mail caused by a team, and for mail of unconfirmed shops.
MAIL_TO_ADDRESS_OVER_ALL_SHOPS = RateLimit("mail_address_all_shops", 30, _HOUR)
MAIL_FROM_UNCONFIRMED_SHOP = RateLimit("mail_unconfirmed_shop", 10, timedelta(days=1))
# For all kinds together except password resets, which other mail must not suppress.
MAIL_TO_ADDRESS_IN_ALL = RateLimit("mail_address_in_all", 30, _HOUR)
MAIL_BY_SENDER = RateLimit("mail_sender", 50, _HOUR)
SENDERS_MAIL_FROM_NETWORK = RateLimit("mail_senders_network", 100, _HOUR)
