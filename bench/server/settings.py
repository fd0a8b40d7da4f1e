"""The project's settings, but for the number of requests that are served at once."""

import os

from multitenant.settings import *  # noqa: F403 -- the environment comes first

PLACES = int(os.environ["BENCH_PLACES"])
THREADS = PLACES + 12
# One shop has all the places: it is their number that is measured.
ADMISSION = {
    "places": PLACES,
    "places_each": PLACES,
    "slow_after": 0.0,
    "waiting": 10,
    "patience": 10.0,
}
