"""The project's settings on a database of the tests' own."""

import os

os.environ.setdefault("DATA_DIR", "var/tests")
os.environ["BASE_DOMAIN"] = "localhost"

from multitenant.settings import *  # noqa: F403 -- the environment comes first

LOGGING = {}
# All threads of a test are one process here; tests of the limiter set their own values.
LOAD_SHEDDING = {
    "slots": 100,
    "slots_per_tenant": 100,
    "slow_threshold": 0.0,
    "queue_size": 100,
    "queue_timeout": 60.0,
}
# Tests of the cost of a hash set the project's own.
PASSWORD_HASHERS = ["tests.hashers.CheapHasher"]
