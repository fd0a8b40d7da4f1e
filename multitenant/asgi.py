"""The ASGI application. Refuses to start unless every wall stands."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
# Each request has a thread of its own here: a connection that outlives it is nobody's, and open.
settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
django.setup(set_prefix=False)

from apps.server.handlers import BoundedASGIHandler  # noqa: E402 -- the applications are ready now
from apps.server.heartbeat import heartbeat  # noqa: E402
from apps.server.lifetime import end_with_parent  # noqa: E402
from apps.server.startup import wait_until_isolated  # noqa: E402

end_with_parent()
heartbeat.start()
wait_until_isolated()
application = BoundedASGIHandler()
