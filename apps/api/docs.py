"""The description of the API, and the page that shows it to people."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

_rendered: dict[tuple[Any, str], str | bytes] = {}  # by URL conf and media type


class SchemaView(SpectacularAPIView):
    """The document of a host. There is one version, whichever is asked for.

    It is rendered once in a process: nothing else that anybody may ask for would take as long.
    """

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        # Past the library's choice of a language: what is kept here is read by everybody.
        response = self._get_schema_response(request)
        renderer = request.accepted_renderer
        key = self.urlconf, renderer.media_type
        if key not in _rendered:
            _rendered[key] = renderer.render(response.data, renderer.media_type, {})
        return HttpResponse(
            _rendered[key],
            content_type=renderer.media_type,
            headers={"Content-Disposition": response["Content-Disposition"]},
        )

    def _get_version_parameter(self, request: Request) -> None:
        # The library puts it into a header as it comes, and a line break in it would be a 500.
        return None


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
    """Swagger UI without a line of inline script, and without a CSRF cookie that no view reads."""

    http_method_names = ["get", "head"]  # OPTIONS would look for a template, and be a 500
    template_name = "api/docs.html"
    template_name_js = "api/docs.js"
