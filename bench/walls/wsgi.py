# ruff: noqa: E402 -- the applications are not ready before django.setup()
"""The WSGI application without the check that refuses to serve without isolation.

For databases of the benchmark alone: it measures what a protection costs by removing it.
"""

import os

import django

django.setup(set_prefix=False)

from apps.products.views.caching import rendered_responses
from apps.server.database_watchdog import watchdog
from apps.server.handlers import BoundedWSGIHandler
from apps.server.process_signals import exit_with_parent

if os.environ["BENCH_KEEPS"] == "0":
    rendered_responses.capacity = 0
exit_with_parent()
watchdog.start()
application = BoundedWSGIHandler()
