from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """The pages of a shop for its shoppers, and their look."""

    name = "apps.storefront"
