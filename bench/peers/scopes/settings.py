"""One schema, and django-scopes, which refuses queries outside a scope and filters those inside."""

from catalogue.settings import *  # noqa: F403 -- the rest is shared
from catalogue.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = ["django_scopes", *INSTALLED_APPS]
MIDDLEWARE = ["shop.middleware.ScopeMiddleware", *MIDDLEWARE]
