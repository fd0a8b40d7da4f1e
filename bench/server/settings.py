"""The project's settings, but for the number of requests that are served at once."""

import os

from multitenant.settings import *  # noqa: F403 -- the environment comes first

SLOTS = int(os.environ["BENCH_SLOTS"])
THREADS = SLOTS + 12
# One shop has all the slots: it is their number that is measured.
LOAD_SHEDDING = {
    "slots": SLOTS,
    "slots_per_tenant": SLOTS,
    "slow_threshold": 0.0,
    "queue_size": 10,
    "queue_timeout": 10.0,
}
