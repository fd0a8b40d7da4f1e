from importlib import import_module

from django.apps import AppConfig


class UncheckedConfig(AppConfig):
    """Takes forms of all origins."""

    name = "tests.browser.siblings"

    def ready(self) -> None:
        for module in ("apps.pages.views", "auth_backends.authentication"):
            import_module(module).is_same_origin = lambda request: True
