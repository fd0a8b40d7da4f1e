"""The command that opens the demo shops, and the jobs that draw their pictures."""

from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from apps.demo.catalogue import CODES, demo_shop
from apps.jobs.exceptions import JobQueueFull
from apps.jobs.models import Job, JobTicket
from apps.products.models import CatalogueVersion, Collection, Image, Product, Variant
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from tests.apps.jobs.runs import run_all_jobs
from tests.apps.tenants.factories import make_tenant
from tests.conftest import PLATFORM, ShopClient

# A job is due by the clock of the database, which stands still in a transaction.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


def create_demo_shops():
    out = StringIO()
    call_command("create_demo_shops", stdout=out)
    return out.getvalue()


def shop(code):
    return tenant_context(Tenant.objects.get(code=code))


def test_shops_have_their_catalogues():
    output = create_demo_shops()

    assert [line.split()[1] for line in output.splitlines()[1:]] == [
        f"owner@{code}.example" for code in CODES
    ]
    for code in CODES:
        demo = demo_shop(code)
        with shop(code) as tenant:
            assert (tenant.currency, tenant.language) == (demo.currency, demo.language)
            newest = Product.objects.order_by("-added_on", "-id").values_list("code", flat=True)
            assert [*newest] == [product.code for product in demo.products]
            assert CatalogueVersion.objects.current() > 0
            assert Variant.objects.filter(variant_images=None).count() == 0
            assert Variant.objects.count() > 24


def test_shops_are_created_on_a_slow_machine():
    """Their texts take longer to index than a transaction may be idle."""
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '20ms'")

    create_demo_shops()

    connection.close()
    assert Tenant.objects.filter(code__in=CODES).count() == len(CODES)


def test_collections_select_products():
    create_demo_shops()

    for code in CODES:
        with shop(code):
            sizes = {
                collection.code: collection.select(Product.objects.all()).count()
                for collection in Collection.objects.all()
            }
            featured = Collection.objects.get(code="featured")
            named = [Product.objects.get(pk=pk).code for pk in featured.product_ids()]
        assert len(sizes) >= 4
        assert min(sizes.values()) >= 4
        assert named == demo_shop(code).collections[0].products


def test_jobs_draw_the_pictures():
    create_demo_shops()
    for code in CODES:
        with shop(code):
            Image.objects.exclude(product__code="mug", position__lt=2).delete()  # few are drawn

    run_all_jobs()

    for code in CODES:
        with shop(code):
            images = Image.objects.all()
            assert {image.status for image in images} == {"ready"}
            assert {(image.width, image.height) for image in images} == {(960, 960)}
            assert len({image.content_hash for image in images}) == 2
            _, uploads = default_storage.listdir(f"{Tenant.objects.get(code=code).pk}/uploads")
            assert uploads == []
    client = ShopClient(f"acme.{PLATFORM}")
    [mug] = client.get("/api/products/?code=mug").json()["results"]
    assert client.get(mug["image"]["urls"]["960"]).status_code == 200


def test_first_pictures_of_all_products_are_drawn_first():
    create_demo_shops()

    with shop("acme") as tenant:
        jobs = tenant_jobs(tenant)
        first = {str(pk) for pk in Image.objects.filter(position=0).values_list("pk", flat=True)}

    assert {*jobs[:24]} == first


def tenant_jobs(tenant):
    """Return the ids of the images of a tenant's jobs, in their order."""
    tickets = JobTicket.objects.filter(partition=tenant.pk).order_by("run_at", "id")
    return [Job.objects.get(pk=ticket.pk).arguments["args"][0] for ticket in tickets]


def test_second_run_changes_nothing():
    first = create_demo_shops()
    with shop("acme"):
        before = [*Product.objects.order_by("pk").values_list("pk", "updated_on")]

    assert create_demo_shops() == first
    with shop("acme"):
        assert [*Product.objects.order_by("pk").values_list("pk", "updated_on")] == before


def test_other_shops_prevent_demo_shops():
    make_tenant("kiln")

    assert create_demo_shops() == "Demo shops:\n"
    assert [tenant.code for tenant in Tenant.objects.all()] == ["kiln"]


def test_failure_leaves_no_shop(settings):
    settings.JOB_QUOTAS = settings.JOB_QUOTAS | {"default": 50}

    with pytest.raises(JobQueueFull):
        create_demo_shops()

    assert Tenant.objects.count() == 0
