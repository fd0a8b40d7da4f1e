import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.tenants.factories import make_tenant


def test_new_shop_has_a_canonical_url(settings, db):
    assert make_tenant("first").canonical_url == "http://first.localhost:8000/"
    settings.BASE_DOMAIN, settings.SITE_SCHEME, settings.SITE_PORT = "shops.example", "https", ""
    assert make_tenant("second").canonical_url == "https://second.shops.example/"
    assert Tenant.objects.get(code="second").canonical_url == "https://second.shops.example/"


def test_canonical_url_is_kept_when_the_shop_changes(settings, acme):
    settings.BASE_DOMAIN = "elsewhere.example"
    with tenant_context(acme):
        acme.name = "Acme again"
        acme.save(update_fields=["name"])
    assert Tenant.objects.get(code="acme").canonical_url == "http://acme.localhost:8000/"


def test_application_cannot_change_the_canonical_url(acme):
    with tenant_context(acme), pytest.raises(DatabaseError), transaction.atomic():
        Tenant.objects.filter(pk=acme.pk).update(canonical_url="https://evil.example/")


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize(
    ("asked", "host"),
    [({}, "acme.localhost:8000"), ({"canonical_urls": True}, "acme.new.example:8000")],
)
def test_migrate_changes_canonical_urls_only_with_the_option(acme, settings, asked, host):
    settings.BASE_DOMAIN = "new.example"

    call_command("migrate", verbosity=0, **asked)

    assert Tenant.objects.get(code="acme").canonical_url == f"http://{host}/"
