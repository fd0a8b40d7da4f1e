"""The project's settings, but for the number of requests that are served at once."""

import os

from multitenant.settings import *  # noqa: F403 -- the environment comes first

PLACES = int(os.environ["BENCH_PLACES"])
THREADS = PLACES + 12
# One shop has all the places: it is their number that is measured.
LOAD_SHEDDING = {
    "slots": PLACES,
    "slots_per_tenant": PLACES,
    "slow_threshold": 0.0,
    "queue_size": 10,
    "queue_timeout": 10.0,
}
