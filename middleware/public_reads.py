from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from sys import intern
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from apps.api.rendered import Body, RenderedCache
from apps.api.throttles import count_uncounted, quotas_of, rate_limit_headers
from apps.products.managers import catalogue_versions
from apps.tenants.cache import tenant_cache
from apps.tenants.hosts import ShopSite
from apps.tenants.listener import tenant_listener
from apps.tenants.models import Tenant

#: Requests with one of these are not the same for everyone, or have conditions of their own.
_PERSONAL = {
    "HTTP_AUTHORIZATION",
    "HTTP_CONTENT_LENGTH",
    "HTTP_COOKIE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_ORIGIN",
    "HTTP_TENANT_CODE",
    "HTTP_TRANSFER_ENCODING",
}
#: Bytes of an entry besides its body.
_OVERHEAD = 3_000


@dataclass(frozen=True)
class PublicResponse:
    """A response to anyone, of a state of the shop and a version of its catalogue."""

    tenant: Tenant
    version: int
    body: Body
    headers: dict[str, str]

    @property
    def is_current(self) -> bool:
        # Another instance is another state of the shop.
        is_same = tenant_cache.get(self.tenant.code)[1] is self.tenant
        return is_same and catalogue_versions.get(self.tenant.pk) == self.version

    def repeat(self, request: Any) -> HttpResponse:
        """Return the response again, or 304 if the client has it."""
        given = request.META.get("HTTP_IF_NONE_MATCH")
        if given is None:
            return HttpResponse(self.body.content, headers=self.headers)
        tags = {tag.removeprefix("W/") for tag in parse_etags(given)}
        if not tags & {"*", self.headers["ETag"]}:
            return HttpResponse(self.body.content, headers=self.headers)
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=self.headers)
        for name in ("Content-Type", "Content-Length", "Content-Language"):
            del response.headers[name]
        return response


public_responses = RenderedCache(capacity=8_000_000)


class PublicReadsMiddleware:
    """Repeats the response to a public GET until the shop or its catalogue changes.

    Keeps responses to which a view has given the `catalogue_version` that it read first. Used only
    while notices of changes arrive, and by requests without a cookie or a token. A repeated
    response counts for the limits of rates, and takes no slot: it costs less than to wait for one.
    Comes after SiteMiddleware and outside all that adds headers, which are kept too.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        if not _is_public(request):
            return self.get_response(request)
        meta = request.META
        address = (meta["HTTP_HOST"], request.path_info, meta.get("QUERY_STRING", ""))
        key = (request.site.code, *address, request.scheme)
        return self._repeated(request, key) or self._kept(request, key)

    def _repeated(self, request: Any, key: tuple[str, ...]) -> HttpResponseBase | None:
        kept = public_responses.get(key) if tenant_listener.is_listening else None
        if kept is None or not kept.is_current:
            return None
        if count_uncounted(request):
            quotas_of(request).clear()  # counted again where it is refused
            return None
        request.tenant = kept.tenant
        response: HttpResponse = kept.repeat(request)
        for name, value in rate_limit_headers(request).items():
            response.headers[name] = value
        return response

    def _kept(self, request: Any, key: tuple[str, ...]) -> HttpResponseBase:
        response: Any = self.get_response(request)
        version = getattr(response, "catalogue_version", None)
        if version is not None and response.status_code == HTTPStatus.OK and not response.cookies:
            # A list is kept by its view as well, and takes memory once.
            body = getattr(response, "rendered_body", None) or Body(response.content)
            headers = {intern(name): intern(value) for name, value in response.headers.items()}
            kept = PublicResponse(request.tenant, version, body, headers)
            public_responses.store(key, kept, len(kept.body) + _OVERHEAD)
        return response


def _is_public(request: Any) -> bool:
    meta = request.META
    return (
        request.method == "GET"
        and isinstance(request.site, ShopSite)
        and meta.get("CONTENT_LENGTH") in {None, "", "0"}  # a body would be left unread
        and not any(meta.get(name) for name in _PERSONAL)
        and "indent" not in meta.get("HTTP_ACCEPT", "")
    )
