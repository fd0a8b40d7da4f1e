# ruff: noqa: E402 -- the applications are not ready before django.setup()
"""The WSGI application without the check that refuses to serve without isolation.

For databases of the benchmark alone: it measures what a protection costs by removing it.
"""

import django

django.setup(set_prefix=False)

from apps.server.database_watchdog import watchdog
from apps.server.handlers import BoundedWSGIHandler
from apps.server.process_signals import exit_with_parent

exit_with_parent()
watchdog.start()
application = BoundedWSGIHandler()
