from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from apps.products.editing import edit_product
from apps.products.models import CatalogueVersion, Product
from apps.server.local_secrets import generated_secret
from apps.shops.management.base import OwnerRoleCommand
from apps.shops.provisioning import is_taken, open_shop
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User

SHOPS = {
    "acme": (
        "Acme Ceramics",
        [
            ("mug", "Stoneware mug", 2400),
            ("bowl", "Serving bowl", 3900),
            ("vase", "Tall vase", 5900),
        ],
    ),
    "globex": (
        "Globex Outdoors",
        [
            ("tent", "Two-person tent", 24900),
            ("stove", "Camping stove", 6900),
            ("mug", "Enamel mug", 1200),
        ],
    ),
}


class Command(OwnerRoleCommand):
    help = "Create two demo shops in an empty database, and print their URLs and credentials."

    def handle(self, *args: Any, **options: Any) -> None:
        password = generated_secret(settings.DATA_DIR / "secrets", "demo_password", size=12)
        if not Tenant.objects.exists():
            with transaction.atomic():
                for code in SHOPS:
                    self._open(code, password)
        self.stdout.write("Demo shops:")
        for code in SHOPS:
            if is_taken(code):
                self.stdout.write(
                    f"  {settings.SITE_SCHEME}://{code}.{settings.BASE_DOMAIN}{settings.SITE_PORT}/"
                    f"  owner@{code}.example  {password}"
                )

    def _open(self, code: str, password: str) -> None:
        name, products = SHOPS[code]
        owner = {"email": f"owner@{code}.example", "password": password, "first_name": "Olive"}
        with tenant_context(open_shop(code=code, name=name, owner=owner)):
            user = User.objects.get()
            for product_code, product_name, price in products:
                data = {
                    "code": product_code,
                    "name": product_name,
                    "status": Product.Status.ACTIVE,
                    "variants": [{"price": price, "stock": 10}],
                }
                edit_product(Product(added_by=user), data, user=user, reason="initial")
            CatalogueVersion.objects.increase()
