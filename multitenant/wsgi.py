"""The WSGI application. Refuses to start unless every wall stands."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
application = get_wsgi_application()

from apps.server.heartbeat import heartbeat  # noqa: E402 -- the applications are ready now
from apps.server.lifetime import end_with_parent  # noqa: E402
from apps.server.startup import wait_for_walls  # noqa: E402

end_with_parent()
heartbeat.start()
wait_for_walls()
