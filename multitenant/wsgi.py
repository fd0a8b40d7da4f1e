"""The WSGI application. Refuses to start unless every wall stands."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
django.setup(set_prefix=False)

from apps.server.handlers import BoundedWSGIHandler  # noqa: E402 -- the applications are ready now
from apps.server.heartbeat import heartbeat  # noqa: E402
from apps.server.lifetime import end_with_parent  # noqa: E402
from apps.server.startup import wait_until_isolated  # noqa: E402

end_with_parent()
heartbeat.start()
wait_until_isolated()
application = BoundedWSGIHandler()
