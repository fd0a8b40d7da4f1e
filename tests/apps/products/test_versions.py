import pytest
from django.db import connection, transaction

from apps.products.managers import catalogue_versions
from apps.products.models import CatalogueVersion
from apps.products.versions import current_version
from apps.tenants.cache import tenant_cache
from apps.tenants.context import tenant_context
from apps.tenants.listener import tenant_listener
from tests.processes import until

noticed = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


@pytest.fixture
def _listening(acme):
    tenant_listener.stop()  # a running one may still have notices to receive
    tenant_listener.ensure_started()
    until(lambda: tenant_listener.is_listening)
    yield
    tenant_listener.stop()


def receive_notices():
    """Wait for the notices of all changes until now; they arrive in the order of the commits."""

    def is_kept():
        tenant_cache.store("sentinel", None, generation=tenant_cache.generation)
        return tenant_cache.was_absent("sentinel")

    until(is_kept)
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY tenants, 'sentinel'")
    until(lambda: not tenant_cache.was_absent("sentinel"))


@noticed
@pytest.mark.usefixtures("_listening")
def test_version_is_read_once(in_acme, django_assert_num_queries):
    CatalogueVersion.objects.increase()
    receive_notices()
    version = current_version()

    with django_assert_num_queries(0):
        assert current_version() == version > 0


@noticed
@pytest.mark.usefixtures("_listening")
def test_change_by_another_connection_is_noticed(in_acme):
    CatalogueVersion.objects.increase()
    until(lambda: current_version() == CatalogueVersion.objects.current())

    CatalogueVersion.objects.using("owner").update(version=77)

    until(lambda: current_version() == 77)


@noticed
@pytest.mark.usefixtures("_listening")
def test_version_of_another_shop_stays(acme, globex, django_assert_num_queries):
    with tenant_context(globex):
        CatalogueVersion.objects.increase()
        receive_notices()
        version = current_version()
    with tenant_context(acme):
        before = current_version()
        CatalogueVersion.objects.increase()
        receive_notices()
        assert current_version() > before

    with tenant_context(globex), django_assert_num_queries(0):
        assert current_version() == version


@noticed
@pytest.mark.usefixtures("_listening")
def test_change_is_read_in_its_transaction(in_acme):
    assert current_version() == 0

    with transaction.atomic():
        CatalogueVersion.objects.increase()

        assert current_version() > 0


@noticed
@pytest.mark.usefixtures("_listening")
def test_version_that_is_rolled_back_is_not_kept(in_acme):
    with transaction.atomic():
        CatalogueVersion.objects.increase()
        assert current_version() > 0
        transaction.set_rollback(True)

    assert current_version() == 0


@noticed
@pytest.mark.usefixtures("_listening")
def test_version_that_is_dropped_while_it_is_read_is_not_kept(in_acme):
    def drop_after(execute, sql, *args):
        result = execute(sql, *args)
        catalogue_versions.forget(str(in_acme.pk))
        return result

    with connection.execute_wrapper(drop_after):
        assert current_version() == 0

    assert catalogue_versions.get(in_acme.pk) is None
    assert current_version() == catalogue_versions.get(in_acme.pk) == 0


@noticed
@pytest.mark.usefixtures("_listening")
def test_change_while_the_listener_is_stopped_is_seen_after_it(in_acme):
    assert current_version() == catalogue_versions.get(in_acme.pk) == 0

    tenant_listener.stop()
    CatalogueVersion.objects.using("owner").create(pk=in_acme.pk, version=77)
    tenant_listener.ensure_started()
    until(lambda: tenant_listener.is_listening)

    assert current_version() == 77


@noticed
def test_version_kept_during_a_change_is_dropped_by_its_commit(in_acme):
    tenant_listener.stop()  # its notice would drop the version too
    with transaction.atomic():
        CatalogueVersion.objects.increase()
        catalogue_versions.store(in_acme.pk, 0, generation=catalogue_versions.generation)
        assert catalogue_versions.get(in_acme.pk) == 0

    assert catalogue_versions.get(in_acme.pk) is None


@noticed
def test_version_that_was_kept_before_the_channel_is_dropped(acme):
    tenant_listener.stop()
    catalogue_versions.store(acme.pk, 77, generation=catalogue_versions.generation)

    tenant_listener.ensure_started()
    until(lambda: tenant_listener.is_listening)

    assert catalogue_versions.get(acme.pk) is None
    tenant_listener.stop()


@noticed
def test_without_notices_the_version_is_read_each_time(in_acme, django_assert_num_queries):
    tenant_listener.stop()
    CatalogueVersion.objects.increase()

    with django_assert_num_queries(2):
        assert current_version() == current_version() > 0


@pytest.mark.django_db
def test_slow_reader_does_not_restore_a_version(acme):
    generation = catalogue_versions.generation
    catalogue_versions.forget(str(acme.pk))
    catalogue_versions.store(acme.pk, 1, generation=generation)

    assert catalogue_versions.get(acme.pk) is None


@pytest.mark.django_db
def test_versions_are_bounded(acme, globex, monkeypatch):
    monkeypatch.setattr(catalogue_versions, "capacity", 1)
    for tenant in (acme, globex):
        catalogue_versions.store(tenant.pk, 1, generation=catalogue_versions.generation)

    assert [catalogue_versions.get(each.pk) for each in (acme, globex)] == [None, 1]
