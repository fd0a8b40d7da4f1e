"""One schema, and django-multitenant, which adds the tenant to queries of the ORM."""

from catalogue.settings import *  # noqa: F403 -- the rest is shared
from catalogue.settings import INSTALLED_APPS, MIDDLEWARE, REST_FRAMEWORK

INSTALLED_APPS = ["django_multitenant", *INSTALLED_APPS]
MIDDLEWARE = [*MIDDLEWARE, "shop.middleware.UnsetTenantMiddleware"]
REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] = ["shop.authentication.TenantJWTAuthentication"]
