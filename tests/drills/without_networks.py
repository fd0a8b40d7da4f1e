"""The project's settings with fairness between shops only: the control of that between networks."""

from multitenant.settings import *  # noqa: F403 -- the environment comes first
from multitenant.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = [
    name.replace("middleware.load_shedding.", "tests.drills.load_shedding.") for name in _MIDDLEWARE
]
