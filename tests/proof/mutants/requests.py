"""Mutants of hosts, headers, load shedding, responses, jobs and logs."""

from __future__ import annotations

from types import SimpleNamespace

from django.core import signing
from django.http import Http404
from rest_framework.exceptions import NotFound

from apps.api import pagination
from apps.products.managers import ProductQuerySet
from apps.products.serializers.products import ProductSerializer
from apps.products.views.products import ProductViewSet
from apps.tenants import hosts, listener, resolvers, validators
from apps.tenants.cache import TenantCache, tenant_cache
from apps.tenants.context import tenant_context
from apps.tenants.exceptions import UnknownTenant
from apps.tenants.models import Tenant
from apps.users.managers import UserQuerySet
from apps.users.models import User
from middleware import cors, load_shedding, logging
from middleware.site import SiteMiddleware
from tests.proof.mutants.mutant import instead_of, mutant, replace

OF_MIDDLEWARE = "tests/middleware/test_tenant.py"
OF_HOSTS = "tests/apps/tenants/test_hosts.py"
OF_CACHE = "tests/apps/tenants/test_cache.py"
OF_LISTENER = "tests/apps/tenants/test_listener.py"
OF_CORS = "tests/apps/shops/test_cors.py"
MATRIX = "tests/isolation/test_matrix.py::test_attack_finds_nothing_and_changes_nothing"
OF_LOGS = "tests/middleware/test_logging.py"


@mutant(f"{OF_MIDDLEWARE}::test_forwarded_host_is_never_read")
@instead_of(SiteMiddleware.__call__)
def forwarded_host_trusted(original, self, request):
    """X-Forwarded-Host names the shop."""
    if host := request.META.get("HTTP_X_FORWARDED_HOST"):
        request.META["HTTP_HOST"] = host
    return original(self, request)


@mutant(f"{OF_MIDDLEWARE}::test_header_is_ignored_on_other_hosts")
@instead_of(hosts.parse_site)
def tenant_code_on_every_host(original, header, base_domain, code):
    """Tenant-Code names the shop on every host."""
    site = original(header, base_domain, code)
    return hosts.ShopSite(code) if code and isinstance(site, hosts.ShopSite) else site


@mutant(f"{OF_MIDDLEWARE}::test_vary_names_the_host_and_the_header")
def vary_left_out(patch):
    """A shared cache may serve one shop's response to another."""
    patch.setattr(cors, "patch_vary_headers", lambda response, names: None)


def under(base_domain, header, accepts):
    """Return a header as one under the base domain if its name's rest is accepted as that."""
    prefix, dot, rest = hosts.split_host(header)[0].partition(".")
    return f"{prefix}.{base_domain}" if dot and accepts(rest, base_domain) else header


@mutant(f"{OF_HOSTS}::test_hostile_host_raises_its_error")
@instead_of(hosts.parse_site)
def host_by_suffix(original, header, base_domain, code=""):
    """`a.b.localhost` and `acme.evillocalhost` are accepted."""
    return original(under(base_domain, header, str.endswith), base_domain, code)


@mutant(f"{OF_HOSTS}::test_hostile_host_raises_its_error")
@instead_of(hosts.parse_site)
def host_by_prefix(original, header, base_domain, code=""):
    """`acme.localhost.evil.example` is accepted."""
    return original(under(base_domain, header, str.startswith), base_domain, code)


@mutant(f"{OF_HOSTS}::test_malformed_code_is_not_well_formed")
def code_beyond_ascii(patch):
    """The Kelvin sign is lowered to a k."""
    replace(patch, validators.normalize_code, str.lower)


@mutant(f"{OF_MIDDLEWARE}::test_shop_that_is_not_open_responds_like_an_unknown_one")
def suspended_shop_served(patch):
    """Suspended and closed shops are served."""
    objects = SimpleNamespace(filter=lambda code, status: Tenant.objects.filter(code=code))
    patch.setattr(resolvers, "Tenant", SimpleNamespace(Status=Tenant.Status, objects=objects))


@mutant(f"{OF_LISTENER} -k at_once")
def cache_ignores_notices(patch):
    """A suspended shop is served from the cache."""
    cache = SimpleNamespace(forget=lambda code=None: code or tenant_cache.forget())
    caches = {**listener.tenant_listener.caches, listener.CHANNEL: cache}
    patch.setattr(listener.tenant_listener, "caches", caches)


@mutant(f"{OF_LISTENER} -k test_cache_is_not_used")
@instead_of(resolvers.resolve_tenant)
def cache_without_listener(original, code):
    """Shops are served from the cache although no notice arrives."""
    known, cached = tenant_cache.get(code)
    if known and not cached:
        raise UnknownTenant
    return cached or original(code)


@mutant(f"{OF_CACHE}::test_slow_reader_does_not_restore_a_forgotten_entry")
@instead_of(TenantCache.store)
def cache_stores_late(original, self, code, found, *, generation):
    """A slow look-up caches a suspended shop again."""
    original(self, code, found, generation=self.generation)


@mutant(f"{OF_LISTENER} -k behind_a_pooler")
@instead_of(listener.is_pooled)
def cache_behind_a_pooler(_, connection):
    """Shops are cached although a pooler delivers notices to others."""
    return False


@mutant(
    "tests/middleware/test_load_shedding.py"
    "::test_shop_at_its_limit_is_refused_and_another_is_served"
)
@instead_of(load_shedding._partition_key)
def slots_of_all_tenants(original, request):
    """One shop's load takes the slots of all."""
    key = original(request)
    others = {load_shedding.READINESS_PATH, load_shedding.UNKNOWN}
    return key if key in others else load_shedding.PLATFORM


@mutant(f"{OF_CORS}::test_storefront_of_another_shop_is_not_allowed")
def origins_of_any_tenant(patch):
    """One shop's storefront may call another shop."""

    def check_signal(self, request):
        origin = request.headers.get("Origin")
        return any(origin in each.storefront_origins for each in Tenant.objects.all())

    patch.setattr(cors.StorefrontCorsMiddleware, "check_signal", check_signal)


@mutant(f"{OF_CORS}::test_other_origins_are_not_allowed")
def origins_of_every_page(patch):
    """Every page may call every shop."""
    patch.setattr(cors.StorefrontCorsMiddleware, "check_signal", lambda self, request: True)


@mutant("tests/apps/products/test_listing.py::test_cursor_of_one_shop_is_refused_in_another")
@instead_of(pagination._signer)
def cursor_of_any_tenant(_):
    """One shop's cursor is valid in another."""
    return signing.Signer(salt="apps.api.pagination")


@mutant("tests/apps/api/test_hostile_queries.py::test_cursor_signed_with_another_key_is_400")
@instead_of(signing.Signer.unsign_object)
def cursor_unsigned(_, self, text, **options):
    """A forged cursor is valid."""
    data = signing.b64_decode(text.removeprefix(".").partition(":")[0].encode())
    return signing.JSONSerializer().loads(data)


@mutant(
    "tests/apps/products/test_permissions.py::test_product_of_another_shop_is_404_like_an_unknown_id"
)
def not_found_names_the_id(patch):
    """The response to another shop's id differs from that to a random one."""
    original = ProductViewSet.get_object

    def get_object(self):
        try:
            return original(self)
        except Http404:
            raise NotFound(f"No product {self.kwargs['pk']}.") from None

    patch.setattr(ProductViewSet, "get_object", get_object)


@mutant(f"{MATRIX} -k products")
def body_names_the_tenant(patch):
    """A product's body may name its shop."""
    original = ProductSerializer.create

    def create(self, values):
        request = self.context["request"]
        named = Tenant.objects.filter(code=str(request.data.get("tenant"))).first()
        with tenant_context(named or request.tenant):
            return original(self, values | {"added_by": User.objects.first()})

    patch.setattr(ProductSerializer, "create", create)


@mutant("tests/apps/users/test_permissions.py::test_list_by_role")
@instead_of(UserQuerySet.visible_to)
def customers_see_all_users(_, self, user):
    """A customer sees the shop's other customers."""
    return self


@mutant("tests/apps/products/test_permissions.py::test_list_by_role")
@instead_of(ProductQuerySet.visible_to)
def unpublished_shown(_, self, user):
    """Unpublished products are shown to all."""
    return self


@mutant(f"{OF_LOGS}::test_every_line_names_its_tenant_and_user")
@instead_of(logging.ContextFilter.filter)
def logs_without_tenant(original, self, record):
    """Log lines do not name their tenant."""
    original(self, record)
    record.tenant = None
    return True


@mutant(f"{OF_LOGS}::test_error_is_one_line_with_its_traceback")
def logs_with_secrets(patch):
    """Secrets are written to the log."""
    replace(patch, logging.without_secrets, str)
