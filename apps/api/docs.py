"""The OpenAPI documents and the page that displays them."""

from __future__ import annotations

from functools import cache
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request


def build_documents() -> None:
    """Build both documents, before the process serves: the generator is not thread-safe."""
    for urlconf in (settings.PLATFORM_URLCONF, settings.SHOP_URLCONF):
        openapi_documents(urlconf)


@cache
def openapi_documents(urlconf: str) -> dict[str, str | bytes]:
    """Return the document of a URL conf by media type, in the language of the settings."""
    with translation.override(settings.LANGUAGE_CODE):
        document = SchemaGenerator(urlconf=urlconf).get_schema(public=True)
        return {
            renderer.media_type: renderer().render(document, renderer.media_type, {})
            for renderer in SpectacularAPIView.renderer_classes
        }


class SchemaView(SpectacularAPIView):
    """The OpenAPI document of a host."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        filename = f"{spectacular_settings.TITLE}.{renderer.format}"
        return HttpResponse(
            openapi_documents(self.urlconf)[renderer.media_type],
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="{filename}"'},
        )


@method_decorator(
    csp_replace(
        {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "connect-src": [SELF],
        }
    ),
    name="dispatch",
)
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI without inline scripts, and without a CSRF cookie that no view reads."""

    http_method_names = ["get", "head"]  # the view cannot render a response to OPTIONS
    template_name = "api/docs.html"
    template_name_js = "api/docs.js"
