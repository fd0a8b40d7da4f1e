"""The project's settings, perhaps with cursors that do not announce the tenant."""

import os

from multitenant.settings import *  # noqa: F403 -- the environment comes first
from multitenant.settings import DATABASES

if os.environ["BENCH_CURSORS"] == "plain":
    del DATABASES["default"]["OPTIONS"]["cursor_factory"]
