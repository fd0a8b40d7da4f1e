from django.apps import AppConfig


class ThrottlingConfig(AppConfig):
    name = "apps.throttling"
