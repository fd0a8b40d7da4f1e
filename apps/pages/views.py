from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from apps.api.problems import problem_response

#: No inline scripts or styles, and nothing from another host.
PAGE_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "manifest-src": [SELF],
}


@method_decorator(csp_replace(PAGE_POLICY), name="dispatch")
class PageView(TemplateView):
    """A page, rendered while its language is active."""

    http_method_names = ["get", "head", "options"]

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        allow = str(super().http_method_not_allowed(request, *args, **kwargs).headers["Allow"])
        detail = f"The methods of this page are {allow}."
        return problem_response(405, "method_not_allowed", detail, headers={"Allow": allow})

    def get_language(self) -> str:
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(self.get_language()):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, HttpResponse) and hasattr(response, "render"):
                response.render()
            response.headers.setdefault("Content-Language", translation.get_language())
            return response
