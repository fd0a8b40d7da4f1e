"""The project's settings as they were without admission: the control of what it is good for."""

from multitenant.settings import *  # noqa: F403 -- the environment comes first

THREADS = 4
ADMISSION = {
    "places": 1000,
    "places_each": 1000,
    "slow_after": 0.0,
    "waiting": 1000,
    "patience": 60.0,
}
