"""Open shops as an application does, and add a column to all of them; prints the seconds."""

from __future__ import annotations

import time

from customers.models import Client, Domain
from django.core.management import call_command


def open_shop(code):
    client = Client(schema_name=code)
    client.save(verbosity=0)
    Domain.objects.create(domain=f"{code}.localhost", tenant=client)


def seconds(action, *arguments, **options):
    started = time.perf_counter()
    action(*arguments, **options)
    return time.perf_counter() - started


def measure_openings(count):
    print([seconds(open_shop, f"new-{number:04}") for number in range(count)])


def measure_column():
    migrate("0001")
    print(seconds(migrate, "0002"))


def migrate(name):
    call_command("migrate_schemas", "shop", name, tenant=True, verbosity=0)
