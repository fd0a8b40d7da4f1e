"""The project's settings on a database of the tests' own."""

import os

os.environ.setdefault("DATA_DIR", "var/tests")
os.environ["BASE_DOMAIN"] = "localhost"

from multitenant.settings import *  # noqa: F403 -- the environment comes first

LOGGING = {}
# A crowd of threads is one process here. Admission has tests of its own.
ADMISSION = {"places": 100, "places_each": 100, "slow_after": 0.0, "waiting": 100, "patience": 60.0}
