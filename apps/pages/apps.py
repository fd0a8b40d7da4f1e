from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Tokens, components, icons and error pages of all hosts."""

    name = "apps.pages"
