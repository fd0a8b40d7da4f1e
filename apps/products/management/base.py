from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.tenants.validators import normalize_code


class CatalogueCommand(BaseCommand):
    """A command on the catalogue of one shop, with the privileges of the application."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shop", help="the code of the shop, such as acme")

    def handle(self, *args: Any, shop: str, **options: Any) -> None:
        tenant = Tenant.objects.filter(code=normalize_code(shop)).first()
        if tenant is None:
            raise CommandError(f"There is no shop with the code {shop}.")
        try:
            with tenant_context(tenant):
                self.run(options)
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=130) from None
        except SystemExit as error:
            # manage.py exits with 0 on SIGTERM, which suits a server only.
            raise CommandError("Interrupted by SIGTERM.", returncode=143) from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'The file'}: {error.strerror}.") from error
        except Error as error:
            # The following lines may contain values of a row.
            raise CommandError(f"PostgreSQL refused: {str(error).splitlines()[0]}") from error

    def run(self, options: dict[str, Any]) -> None:
        raise NotImplementedError
