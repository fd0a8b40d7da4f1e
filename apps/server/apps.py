from django.apps import AppConfig
from django.core.checks import Tags, register

from apps.server.connection_limits import check_connections


class ServerConfig(AppConfig):
    name = "apps.server"

    def ready(self) -> None:
        register(check_connections, Tags.database)
