"""The ASGI application. Refuses to start unless tenants are isolated."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
# Each request has its own thread here: a connection kept after it would stay open unused.
settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
django.setup(set_prefix=False)

from apps.server.handlers import BoundedASGIHandler  # noqa: E402 -- the applications are ready now
from apps.server.startup import prepare_worker  # noqa: E402

prepare_worker()
application = BoundedASGIHandler()
