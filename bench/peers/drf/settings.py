"""One shop, Django REST framework and simplejwt: the application without tenants."""

from catalogue.settings import *  # noqa: F403 -- everything is shared
