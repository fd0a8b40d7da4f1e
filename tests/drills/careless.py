"""The control: opens shops one write after the other, as without a transaction. Never ends."""

import os
import sys
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "multitenant.settings")
django.setup()

from apps.tenants.context import tenant_context  # noqa: E402 -- the applications are ready now
from apps.tenants.models import Tenant  # noqa: E402
from apps.users.models import User  # noqa: E402

for number in count():
    shop = Tenant(code=f"{sys.argv[1]}-{number}", name="Careless")
    with tenant_context(shop):
        shop.save(force_insert=True)
        owner = User(email="owner@careless.example", role="owner", first_name="Kim")
        owner.set_password("korrekte Batterie")
        owner.save()
    sys.stdout.write(".")
    sys.stdout.flush()
