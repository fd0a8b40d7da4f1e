from django.apps import AppConfig
from django.core.checks import register

from apps.mail.checks import check_backend, check_sender


class MailConfig(AppConfig):
    name = "apps.mail"

    def ready(self) -> None:
        register(check_sender)
        register(check_backend, deploy=True)
