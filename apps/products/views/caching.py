"""Responses that are rendered once for each version of the catalogue and kept in memory."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from apps.api.rendered import Body, RenderedCache
from apps.api.renderers import QuickJSONRenderer
from apps.api.viewsets import ListModelMixin, RetrieveModelMixin, etag_of
from apps.products.versions import CACHE_CONTROL, current_version, software_version
from apps.tenants.context import require_active_tenant

#: Bytes of an entry besides its body.
OVERHEAD = 500


class Rendered(NamedTuple):
    """A body and its ETag."""

    etag: str
    body: Body


rendered_responses = RenderedCache(capacity=8_000_000)


class CatalogueListMixin(ListModelMixin):
    """A list of the catalogue. Its ETag is the digest by which it is kept."""

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        version = _version_of(request)
        if version is None:
            return super().list(request, *args, **kwargs)
        etag = _digest(request, version)
        # `*` may ask for a list that does not exist.
        if request.headers.get("If-None-Match") != "*" and "If-Match" not in request.headers:
            response: Any = get_conditional_response(request, etag=etag)
            if response is not None:
                response.headers["ETag"] = etag
                return _public(response, request, version)
        kept = rendered_responses.get(etag)
        if kept is None:
            kept = _keep(etag, etag, super().list(request, *args, **kwargs).data)
        return _public(_response(kept), request, version)


class CatalogueRetrieveMixin(RetrieveModelMixin):
    """A row of the catalogue. Its ETag is a digest of the body, as writes compare it."""

    def retrieve(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        version = _version_of(request)
        if version is None:
            return super().retrieve(request, *args, **kwargs)
        key = _digest(request, version)
        kept = rendered_responses.get(key)
        if kept is None:
            data = self.get_serializer(self.get_object()).data
            kept = _keep(key, etag_of(data), data)
        response = _public(_response(kept), request, version)
        # The response to If-Match would be HTML.
        if "If-Match" in request.headers:
            return response
        return get_conditional_response(request, etag=kept.etag, response=response)


def _version_of(request: Request) -> int | None:
    """Return the version that the response is of; None for a page of the back office."""
    if _is_anonymous(request):
        return current_version()
    # That of a token was read with its session.
    return getattr(request.user, "catalogue_version", None)


def _is_anonymous(request: Request) -> bool:
    return request.user is None or request.user.is_anonymous


def _digest(request: Request, version: int) -> str:
    """Return a digest of what determines a response: shop, version, address, team or not."""
    tenant, is_team = require_active_tenant(), getattr(request.user, "is_team", False)
    of_shop = (tenant.pk, tenant.currency, version, is_team)
    parts = (software_version(), *of_shop, request.build_absolute_uri())
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _keep(key: str, etag: str, data: Any) -> Rendered:
    kept = Rendered(etag, Body(QuickJSONRenderer().render(data)))
    rendered_responses.store(key, kept, len(kept.body) + OVERHEAD)
    return kept


def _response(kept: Rendered) -> Any:
    response: Any = HttpResponse(kept.body.content, content_type="application/json")
    response.headers["ETag"] = kept.etag
    response.rendered_body = kept.body
    return response


def _public(response: Any, request: Request, version: int) -> Any:
    """Let others keep a response that is the same for everyone."""
    if _is_anonymous(request):
        response.headers["Cache-Control"] = CACHE_CONTROL
        response.catalogue_version = version
    return response
