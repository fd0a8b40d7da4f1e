"""A schema for each shop, by django-tenants."""

from catalogue.settings import *  # noqa: F403 -- the rest is shared
from catalogue.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE

SHARED_APPS = ["django_tenants", "customers"]
TENANT_APPS = INSTALLED_APPS
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "customers.Client"
TENANT_DOMAIN_MODEL = "customers.Domain"
MIDDLEWARE = ["django_tenants.middleware.main.TenantMainMiddleware", *MIDDLEWARE]
DATABASES["default"]["ENGINE"] = "django_tenants.postgresql_backend"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
