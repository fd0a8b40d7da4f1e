"""The project's settings with an admission that knows shops alone: the control of its networks."""

from multitenant.settings import *  # noqa: F403 -- the environment comes first
from multitenant.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = [
    "tests.drills.admission.ShopsAloneMiddleware" if name.endswith("AdmissionMiddleware") else name
    for name in _MIDDLEWARE
]
