"""The project's settings on a database of the tests' own."""

import os

os.environ.setdefault("DATA_DIR", "var/tests")
os.environ["BASE_DOMAIN"] = "localhost"

from multitenant.settings import *  # noqa: F403 -- the environment comes first

LOGGING = {}
