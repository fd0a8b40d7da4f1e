from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from apps.demo.catalogue import CODES, DemoShop, demo_shop
from apps.demo.filling import fill_shop
from apps.server.local_secrets import generated_secret
from apps.shops.management.base import OwnerRoleCommand
from apps.shops.provisioning import is_taken, open_shop
from apps.storefront.models import Storefront
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User


class Command(OwnerRoleCommand):
    help = "Create two demo shops in an empty database, and print their URLs and credentials."

    def handle(self, *args: Any, **options: Any) -> None:
        password = generated_secret(settings.DATA_DIR / "secrets", "demo_password", size=12)
        if not Tenant.objects.exists():
            with transaction.atomic(), connection.cursor() as cursor:
                # All texts are indexed between two statements.
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                for code in CODES:
                    _open(demo_shop(code), password)
        self.stdout.write("Demo shops:")
        for code in CODES:
            if is_taken(code):
                self.stdout.write(
                    f"  {settings.SITE_SCHEME}://{code}.{settings.BASE_DOMAIN}{settings.SITE_PORT}/"
                    f"  owner@{code}.example  {password}"
                )


def _open(shop: DemoShop, password: str) -> None:
    owner = {"email": f"owner@{shop.code}.example", "password": password, "first_name": "Olive"}
    tenant = open_shop(code=shop.code, name=shop.name, owner=owner)
    with tenant_context(tenant):
        fields = {name: getattr(shop, name) for name in ("currency", "language", "weight_unit")}
        Tenant.objects.filter(pk=tenant.pk).update(**fields)
        Storefront.objects.create(pk=tenant.pk, is_open=True, **asdict(shop.look))
        fill_shop(shop, User.objects.get())
