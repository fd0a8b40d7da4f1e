from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from apps.products.models import Product
from apps.server.local_secrets import generated_secret
from apps.shops.management.base import OwnerRoleCommand
from apps.shops.provisioning import is_taken, open_shop
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS
from apps.users.models import User

SHOPS = {
    "acme": (
        "Acme Ceramics",
        [("mug", "Stoneware mug"), ("bowl", "Serving bowl"), ("vase", "Tall vase")],
    ),
    "globex": (
        "Globex Outdoors",
        [("tent", "Two-person tent"), ("stove", "Camping stove"), ("mug", "Enamel mug")],
    ),
}


class Command(OwnerRoleCommand):
    help = "Create two demo shops in an empty database, and print their URLs and credentials."

    def handle(self, *args: Any, **options: Any) -> None:
        password = generated_secret(settings.DATA_DIR / "secrets", "demo_password", size=12)
        if not Tenant.objects.using(OWNER_ALIAS).exists():
            with transaction.atomic(using=OWNER_ALIAS):
                for code in SHOPS:
                    self._open(code, password)
        self.stdout.write("Demo shops:")
        for code in SHOPS:
            if is_taken(code, OWNER_ALIAS):
                self.stdout.write(
                    f"  {settings.SITE_SCHEME}://{code}.{settings.BASE_DOMAIN}{settings.SITE_PORT}/"
                    f"  owner@{code}.example  {password}"
                )

    def _open(self, code: str, password: str) -> None:
        name, products = SHOPS[code]
        owner = {"email": f"owner@{code}.example", "password": password, "first_name": "Olive"}
        tenant = open_shop(code=code, name=name, owner=owner, using=OWNER_ALIAS)
        with tenant_context(tenant):
            user = User.objects.using(OWNER_ALIAS).get()
            for product_code, product_name in products:
                Product(code=product_code, name=product_name, published=True, added_by=user).save(
                    using=OWNER_ALIAS
                )
