"""The project's settings as they were without load shedding: its control."""

from multitenant.settings import *  # noqa: F403 -- the environment comes first

THREADS = 4
LOAD_SHEDDING = {
    "slots": 1000,
    "slots_per_tenant": 1000,
    "slow_threshold": 0.0,
    "queue_size": 1000,
    "queue_timeout": 60.0,
}
