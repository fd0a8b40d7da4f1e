from __future__ import annotations

import re

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from apps.products.images.child import WIDTHS
from apps.products.images.files import rendition_name
from apps.tenants.context import require_active_tenant

YEAR = 31_536_000
_DIGEST = re.compile("[0-9a-f]{64}")


@require_safe
def media(request: HttpRequest, digest: str, width: int) -> HttpResponse:
    """Return a rendition of an image of the shop, at the shop's host and not at the API's.

    The name is a digest, so it never changes.
    """
    is_shop = request.get_host().partition(":")[0] == require_active_tenant().hostname
    if not is_shop or not _DIGEST.fullmatch(digest) or width > max(WIDTHS):
        raise Http404
    try:
        with default_storage.open(rendition_name(digest, width)) as file:
            # Read here: a streamed body is sent after the tenant's context ends.
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    etag = f'"{digest}-{width}"'
    response = HttpResponse(
        content,
        content_type="image/webp",
        headers={"Cache-Control": f"public, max-age={YEAR}, immutable", "ETag": etag},
    )
    return get_conditional_response(request, etag=etag, response=response) or response
