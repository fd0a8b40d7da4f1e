"""Mutants of the responses that are repeated for everyone."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from http.cookies import SimpleCookie
from types import SimpleNamespace

from apps.products import versions
from apps.products.managers import catalogue_versions
from apps.tenants.cache import tenant_cache
from apps.tenants.context import tenant_context
from middleware import public_reads
from middleware.public_reads import PublicReadsMiddleware, PublicResponse
from tests.proof.mutants.mutant import instead_of, mutant, replace

OF_READS = "tests/middleware/test_public_reads.py"
OF_CHANGES = "tests/middleware/test_public_reads_changes.py"


def key_with(patch, change):
    """Have public responses kept by another key, (code, host, path, query) changed."""
    for method in (PublicReadsMiddleware._repeated, PublicReadsMiddleware._kept):
        replace(patch, method, changing_key(method, change))


def changing_key(method, change):
    return wraps(method)(lambda self, request, key: method(self, request, change(key)))


@mutant(f"{OF_READS}::test_shop_gets_no_response_of_another")
def public_response_of_any_shop(patch):
    """One shop's response is repeated to clients of another."""
    key_with(patch, lambda key: key[2:])


@mutant(f"{OF_READS}::test_links_have_the_host_of_the_request")
def public_response_of_any_host(patch):
    """A client chooses the host of the links in responses to others."""
    key_with(patch, lambda key: (key[0], *key[2:]))


@mutant(f"{OF_READS}::test_shop_at_the_host_of_the_api_is_told_apart")
def public_response_of_any_tenant_code(patch):
    """At the host of the API, one shop's response is repeated to clients of another."""
    for_everyone(patch, "HTTP_TENANT_CODE")
    key_with(patch, lambda key: key[1:])


@mutant(f"{OF_READS}::test_response_is_repeated_for_its_scheme_only")
def public_response_over_any_scheme(patch):
    """A response over http, without its security headers, is repeated over https."""
    key_with(patch, lambda key: key[:-1])


def for_everyone(patch, header):
    patch.setattr(public_reads, "_PERSONAL", public_reads._PERSONAL - {header})


@mutant(f"{OF_READS}::test_person_gets_no_repeated_response")
def public_response_with_a_token(patch):
    """A request with a token gets the response of the public."""
    for_everyone(patch, "HTTP_AUTHORIZATION")


@mutant(f"{OF_READS}::test_request_that_is_not_like_others_is_not_repeated")
def public_response_with_a_cookie(patch):
    """A request with a cookie gets the response of the public."""
    for_everyone(patch, "HTTP_COOKIE")


@mutant(f"{OF_READS}::test_request_that_is_not_like_others_is_not_repeated")
def public_response_of_any_origin(patch):
    """The CORS headers for one origin are repeated to another."""
    for_everyone(patch, "HTTP_ORIGIN")


def current_if(patch, is_current):
    """Have a response repeated if `is_current(it, the cached tenant, the kept version)`."""

    def compare(self):
        cached = tenant_cache.get(self.tenant.code)[1]
        return is_current(self, cached, catalogue_versions.get(self.tenant.pk))

    if not isinstance(vars(PublicResponse)["is_current"], property):
        raise LookupError("PublicResponse.is_current is not a property.")
    patch.setattr(PublicResponse, "is_current", property(compare))


@mutant(f"{OF_CHANGES}::test_change_is_shown_at_once")
def public_response_of_any_version(patch):
    """A response is repeated after the catalogue has changed."""
    current_if(patch, lambda self, tenant, version: tenant is self.tenant)


@mutant(f"{OF_CHANGES}::test_suspended_shop_is_not_shown")
def public_response_of_a_suspended_shop(patch):
    """A response is repeated after the shop is suspended."""
    current_if(patch, lambda self, tenant, version: version == self.version)


@mutant(f"{OF_CHANGES}::test_former_state_of_the_shop_is_not_repeated")
def public_response_of_a_former_state(patch):
    """A response is repeated after the shop has changed."""
    current_if(
        patch,
        lambda self, tenant, version: tenant == self.tenant and version == self.version,
    )


@mutant(f"{OF_CHANGES}::test_nothing_is_repeated_while_no_notices_arrive")
def public_response_without_notices(patch):
    """Responses are repeated although no notice of a change arrives."""
    # A process that keeps no version has no response that is current.
    for module in (versions, public_reads):
        patch.setattr(module, "tenant_listener", SimpleNamespace(is_listening=True))


@mutant(f"{OF_READS}::test_repeated_response_is_refused_over_the_limit")
def public_response_not_counted(patch):
    """Repeated responses have no limit."""
    patch.setattr(public_reads, "count_uncounted", lambda request: None)


@mutant(f"{OF_READS}::test_response_that_sets_a_cookie_is_not_kept")
@instead_of(PublicReadsMiddleware._kept)
def public_response_that_sets_a_cookie(original, self, request, key):
    """The first response to one client is repeated to others."""
    response = self.get_response(request)
    cookies, response.cookies = response.cookies, SimpleCookie()
    original(PublicReadsMiddleware(lambda _: response), request, key)
    response.cookies = cookies
    return response


@mutant(f"{OF_READS}::test_304_is_not_repeated_to_a_client_without_the_response")
@instead_of(PublicReadsMiddleware._kept)
def public_response_without_a_body(original, self, request, key):
    """The empty body of a 304 is repeated as the response."""
    response = self.get_response(request)
    status, response.status_code = response.status_code, HTTPStatus.OK
    original(PublicReadsMiddleware(lambda _: response), request, key)
    response.status_code = status
    return response


@mutant(f"{OF_CHANGES}::test_change_during_a_response_is_shown_after_it")
@instead_of(PublicReadsMiddleware._kept)
def public_response_of_a_later_version(original, self, request, key):
    """A response of the catalogue before a change is repeated as the one after it."""
    response = self.get_response(request)
    if hasattr(response, "catalogue_version"):
        with tenant_context(request.tenant):
            response.catalogue_version = versions.current_version()
    return original(PublicReadsMiddleware(lambda _: response), request, key)
