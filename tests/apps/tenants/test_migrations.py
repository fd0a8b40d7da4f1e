from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

SKELETON = import_module("apps.tenants.migrations.0004_code_skeleton")
OPEN = (
    "INSERT INTO tenants (id, code, name, status, canonical_url, storefront_origins)"
    " VALUES (gen_random_uuid(), %s, 'A shop', 'open', '', '{}')"
)


@pytest.mark.django_db(databases=["owner"])
@pytest.mark.parametrize(
    ("codes", "named"),
    [
        (["acme", "globex"], None),
        (["kiln", "acme", "k1ln"], "k1ln and kiln."),
        (["kiln", "k1ln", "lily", "iily"], "iily and lily; k1ln and kiln."),
    ],
)
def test_shops_that_look_alike_are_named_before_the_column_changes(codes, named):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE tenants DROP COLUMN code_skeleton")
        for code in codes:
            cursor.execute(OPEN, [code])

    try:
        SKELETON.refuse_look_alikes(apps, connections["owner"].schema_editor())
        said = None
    except ImproperlyConfigured as error:
        said = str(error)

    assert (said and said.partition("alike: ")[2].partition(" Give")[0]) == named
