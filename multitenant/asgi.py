"""The ASGI application, which does not start unless tenants are isolated."""

import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
# Each request runs in a new thread, so a persistent connection would never be reused.
settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
django.setup(set_prefix=False)

from apps.server.handlers import BoundedASGIHandler  # noqa: E402 -- the applications are ready now
from apps.server.startup import prepare_process  # noqa: E402

prepare_process()
application = BoundedASGIHandler()
