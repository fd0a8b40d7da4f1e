"""The ASGI application. Refuses to start unless every wall stands."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
application = get_asgi_application()

from apps.server.lifetime import end_with_parent  # noqa: E402 -- the applications are ready now
from apps.tenants.audit import require_walls  # noqa: E402

end_with_parent()
require_walls()
