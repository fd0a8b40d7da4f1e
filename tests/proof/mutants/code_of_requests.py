"""Hosts, headers, places, answers, jobs and logs with a wall down."""

from __future__ import annotations

from tests.proof.mutants.mutant import Mutants

MIDDLEWARE = "middleware/tenant.py"
RESOLVERS = "apps/tenants/resolvers.py"
REGISTRY = "apps/tenants/registry.py"
OF_MIDDLEWARE = "tests/middleware/test_tenant.py"
OF_RESOLVERS = "tests/apps/tenants/test_resolvers.py"
OF_REGISTRY = "tests/apps/tenants/test_registry.py"
BACKGROUND = "apps/mail/background.py"
OF_BACKGROUND = "tests/apps/mail/test_background.py"
MATRIX = "tests/isolation/test_matrix.py::test_attack_finds_nothing_and_changes_nothing"
OF_LOGS = "tests/test_logs.py"

REQUESTS = Mutants()

REQUESTS.code(
    "forwarded_host_believed",
    "X-Forwarded-Host names the shop",
    MIDDLEWARE,
    'request.META.get("HTTP_HOST", "")',
    'request.META.get("HTTP_X_FORWARDED_HOST", request.META.get("HTTP_HOST", ""))',
    f"{OF_MIDDLEWARE}::test_forwarded_host_is_never_read",
)
REQUESTS.code(
    "tenant_code_everywhere",
    "Tenant-Code names the shop at any host",
    MIDDLEWARE,
    "            return code\n",
    "            return request.headers.get(TENANT_HEADER, code)\n",
    f"{OF_MIDDLEWARE}::test_header_changes_nothing_on_another_host",
)
REQUESTS.code(
    "vary_left_out",
    "a cache in front may serve one shop's answer to another",
    "middleware/cors.py",
    '        patch_vary_headers(response, ["Host", TENANT_HEADER])\n',
    "",
    f"{OF_MIDDLEWARE}::test_caches_are_told_what_the_answer_depends_on",
)
REQUESTS.code(
    "host_by_its_end",
    "a.b.localhost and acme.evillocalhost are sites of ours",
    RESOLVERS,
    "if not dot or rest != base_domain:",
    "if not dot or not rest.endswith(base_domain):",
    f"{OF_RESOLVERS}::test_hostile_host_is_refused_by_its_cause",
)
REQUESTS.code(
    "host_by_its_beginning",
    "acme.localhost.evil.example is a site of ours",
    RESOLVERS,
    "if not dot or rest != base_domain:",
    "if not dot or not rest.startswith(base_domain):",
    f"{OF_RESOLVERS}::test_hostile_host_is_refused_by_its_cause",
)
REQUESTS.code(
    "code_with_odd_letters",
    "the Kelvin sign is taken for a k",
    "apps/tenants/validators.py",
    "return text.lower() if text.isascii() else text",
    "return text.lower()",
    f"{OF_RESOLVERS}::test_text_that_is_no_code_is_refused",
)
REQUESTS.code(
    "suspended_shop_served",
    "suspended and closed shops are served",
    REGISTRY,
    "Tenant.objects.filter(code=code, status=Tenant.Status.OPEN).first()",
    "Tenant.objects.filter(code=code).first()",
    f"{OF_MIDDLEWARE}::test_shop_that_is_not_open_answers_like_one_that_never_was",
)
REQUESTS.code(
    "registry_never_forgets",
    "a suspended shop is served from memory",
    REGISTRY,
    "self.cache.forget(ear.notifies.pop(0).payload or None)",
    "ear.notifies.pop(0)",
    f"{OF_REGISTRY} -k at_once",
)
REQUESTS.code(
    "registry_deaf",
    "shops are served from memory although no notice arrives",
    REGISTRY,
    "cache.get(code) if listener.is_hearing else (False, None)",
    "cache.get(code)",
    f"{OF_REGISTRY} -k test_nothing_is_served_from_memory",
)
REQUESTS.code(
    "registry_remembers_late",
    "a slow look-up brings a suspended shop back",
    REGISTRY,
    "            if generation != self._generation:\n                return\n",
    "",
    f"{OF_REGISTRY}::test_slow_reader_does_not_bring_back_what_was_forgotten",
)
REQUESTS.code(
    "registry_behind_a_pooler",
    "shops are served from memory although notices go to somebody else",
    REGISTRY,
    "if _is_lent(ear):",
    "if False:",
    f"{OF_REGISTRY} -k behind_a_pooler",
)
REQUESTS.code(
    "places_of_all_shops",
    "one shop's crowd takes the places of all",
    "middleware/admission.py",
    "return UNKNOWN if registry.cache.was_absent(code) else code",
    "return UNKNOWN if registry.cache.was_absent(code) else PLATFORM",
    "tests/middleware/test_admission.py"
    "::test_shop_that_has_its_part_is_told_so_and_another_is_served",
)
REQUESTS.code(
    "origins_of_any_shop",
    "one shop's storefront may call another shop",
    "apps/shops/origins.py",
    'request.headers.get("Origin") in tenant.storefront_origins',
    'any(\n        request.headers.get("Origin") in shop.storefront_origins\n'
    "        for shop in type(tenant).objects.all()\n    )",
    "tests/apps/shops/test_cors.py::test_storefront_of_a_sibling_is_not",
)
REQUESTS.code(
    "origins_of_everybody",
    "every page may call every shop",
    "apps/shops/origins.py",
    'tenant is not None and request.headers.get("Origin") in tenant.storefront_origins',
    "tenant is not None",
    "tests/apps/shops/test_cors.py::test_anything_else_is_not",
)
REQUESTS.code(
    "cursor_of_any_shop",
    "one shop's cursor is good in another",
    "apps/api/pagination.py",
    'return f"apps.api.pagination:{get_active_tenant_id()}"',
    'return "apps.api.pagination"',
    "tests/apps/products/test_listing.py::test_cursor_of_one_shop_is_refused_in_another",
)
REQUESTS.code(
    "cursor_unsigned",
    "anybody makes a cursor",
    "apps/api/pagination.py",
    "            position = Position(*signing.loads(text, salt=_salt()))\n",
    '            text = text.removeprefix(".").partition(":")[0]\n'
    "            data = signing.b64_decode(text.encode())\n"
    "            position = Position(*signing.JSONSerializer().loads(data))\n",
    "tests/apps/api/test_hostile_queries.py::test_cursor_that_somebody_made_is_400",
)
REQUESTS.code(
    "not_found_names_the_id",
    "the answer to another shop's id differs from that to a random one",
    "apps/products/views.py",
    "    def perform_create(",
    "    def get_object(self) -> Any:\n"
    "        from django.http import Http404\n"
    "        from rest_framework.exceptions import NotFound\n\n"
    "        try:\n"
    "            return super().get_object()\n"
    "        except Http404:\n"
    "            raise NotFound(f\"No product {self.kwargs['pk']}.\") from None\n\n"
    "    def perform_create(",
    "tests/apps/products/test_rights.py::test_other_shops_product_is_an_unknown_id_byte_for_byte",
)
REQUESTS.code(
    "body_names_the_shop",
    "a product's body may name its shop",
    "apps/products/views.py",
    "product = serializer.save(added_by=self.request.user)",
    "from apps.tenants.context import tenant_context\n"
    "        from apps.tenants.models import Tenant\n"
    "        from apps.users.models import User\n\n"
    '        named = Tenant.objects.filter(code=str(self.request.data.get("tenant")))\n'
    "        with tenant_context(named.first() or self.request.tenant):\n"
    "            product = serializer.save(added_by=User.objects.first())",
    f"{MATRIX} -k products",
)
REQUESTS.code(
    "customers_see_everybody",
    "a customer sees the shop's other customers",
    "apps/users/managers.py",
    "return self.filter(pk=user.pk)",
    "return self",
    "tests/apps/users/test_rights.py::test_list_by_role",
)
REQUESTS.code(
    "unpublished_shown",
    "everybody sees what is not published",
    "apps/products/managers.py",
    "return self.filter(published=True)",
    "return self",
    "tests/apps/products/test_rights.py::test_list_by_role",
)
REQUESTS.code(
    "job_without_tenant",
    "a job is not of the shop that it was given",
    BACKGROUND,
    "with nullcontext() if tenant is None else tenant_context(tenant):",
    "with nullcontext():",
    f"{OF_BACKGROUND}::test_tenant_is_carried_into_the_thread",
)
REQUESTS.code(
    "job_of_the_active_tenant",
    "a job is of the shop that was active when it was asked for",
    BACKGROUND,
    "        jobs.add(partial(_perform, function, args, tenant), ",
    "        from apps.tenants.context import get_active_tenant\n\n"
    "        jobs.add(partial(_perform, function, args, get_active_tenant()), ",
    f"{OF_BACKGROUND}::test_job_without_tenant_inherits_none",
)
REQUESTS.code(
    "job_of_the_last_tenant",
    "a job is of the shop that the one before it left active",
    BACKGROUND,
    "Context().run(job)",
    "job()",
    f"{OF_BACKGROUND}::test_nothing_is_left_for_the_next_job",
)
REQUESTS.code(
    "logs_without_tenant",
    "no line of the log says which shop it is about",
    "apps/api/logs.py",
    "record.tenant = tenant and tenant.code",
    "record.tenant = None",
    f"{OF_LOGS}::test_every_line_says_whose_it_is",
)
REQUESTS.code(
    "logs_with_secrets",
    "secrets are written to the log",
    "apps/api/logs.py",
    "shown[name] = without_secrets(str(shown[name]))",
    "shown[name] = str(shown[name])",
    f"{OF_LOGS}::test_error_is_one_line_with_its_traceback",
)
