"""The WSGI application. Refuses to start unless every wall stands."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
application = get_wsgi_application()

from apps.server.lifetime import end_with_parent  # noqa: E402 -- the applications are ready now
from apps.tenants.audit import require_walls  # noqa: E402

end_with_parent()
require_walls()
connections.close_all()  # this thread will answer nothing
