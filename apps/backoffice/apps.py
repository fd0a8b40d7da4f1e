from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """The pages of a shop for its team. They show and change what the API does."""

    name = "apps.backoffice"
