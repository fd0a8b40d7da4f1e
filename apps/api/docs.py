"""The description of the API, and the page that shows it to people."""

from __future__ import annotations

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request


class SchemaView(SpectacularAPIView):
    """The document of a host. There is one version, whichever is asked for."""

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
