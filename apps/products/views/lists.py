from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from apps.api.rendered import Body, RenderedCache
from apps.api.renderers import QuickJSONRenderer
from apps.api.viewsets import ListModelMixin
from apps.products.versions import CACHE_CONTROL, current_version, software_version
from apps.tenants.context import require_active_tenant

#: Bytes of an entry besides its body.
OVERHEAD = 500

rendered_lists = RenderedCache(capacity=8_000_000)


class CatalogueListMixin(ListModelMixin):
    """A list of the catalogue, rendered once for each version and kept in memory.

    Its ETag is a digest of what determines the list: the shop, the version of its catalogue, the
    address, and if the reader is of the team.
    """

    def list(self: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        is_anonymous = request.user is None or request.user.is_anonymous
        # That of a token was read with its session.
        of_token = getattr(request.user, "catalogue_version", None)
        version: int | None = current_version() if is_anonymous else of_token
        if version is None:  # a page of the back office, which reads the data
            return super().list(request, *args, **kwargs)
        etag = _etag(request, version)
        response: Any = None
        # `*` may ask for a list that does not exist; the response to If-Match would be HTML.
        if request.headers.get("If-None-Match") != "*" and "If-Match" not in request.headers:
            response = get_conditional_response(request, etag=etag)
        if response is None:
            body = rendered_lists.get(etag) or self._render(etag, request, *args, **kwargs)
            response = HttpResponse(body.content, content_type="application/json")
            response.rendered_body = body
        response.headers["ETag"] = etag
        if is_anonymous:
            response.headers["Cache-Control"] = CACHE_CONTROL
            response.catalogue_version = version
        return response

    def _render(self: Any, etag: str, request: Request, *args: Any, **kwargs: Any) -> Body:
        data = super().list(request, *args, **kwargs).data
        body = Body(QuickJSONRenderer().render(data))
        rendered_lists.store(etag, body, len(body) + OVERHEAD)
        return body


def _etag(request: Request, version: int) -> str:
    tenant, is_team = require_active_tenant(), getattr(request.user, "is_team", False)
    of_shop = (tenant.pk, tenant.currency, version, is_team)
    parts = (software_version(), *of_shop, request.build_absolute_uri())
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
