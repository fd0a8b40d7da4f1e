"""The WSGI application, which does not start unless tenants are isolated."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
django.setup(set_prefix=False)

from apps.server.handlers import BoundedWSGIHandler  # noqa: E402 -- the applications are ready now
from apps.server.startup import prepare_process  # noqa: E402

prepare_process()
application = BoundedWSGIHandler()
