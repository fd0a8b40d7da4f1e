from django.apps import AppConfig


class PagesConfig(AppConfig):
    """What the pages of all hosts share: tokens, components, icons, errors."""

    name = "apps.pages"
