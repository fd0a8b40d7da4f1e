from django.apps import AppConfig


class FrontdoorConfig(AppConfig):
    """The pages of the platform's host, where shops are opened and found."""

    name = "apps.frontdoor"
