from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from apps.api.problems import problem_response
from apps.pages.api import Answer
from apps.pages.parsers import form_of
from apps.tenants.context import require_active_tenant
from apps.tenants.hosts import split_host
from apps.users.models import LoginSession, User
from auth_backends.browser_sessions import is_same_origin, session_of

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
_FORM: Final = "application/x-www-form-urlencoded"


@method_decorator(csp_replace(PAGE_POLICY), name="dispatch")
class PageView(TemplateView):
    """A page, rendered while its language is active. Only its own origin may send it forms."""

    http_method_names = ["get", "head", "options"]

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        allow = str(super().http_method_not_allowed(request, *args, **kwargs).headers["Allow"])
        detail = f"The methods of this page are {allow}."
        return problem_response(405, "method_not_allowed", detail, headers={"Allow": allow})

    def get_language(self) -> str:
        raise NotImplementedError

    def enter(self, request: Any) -> HttpResponseBase | None:
        """Prepare the page; return a response that takes its place, None for the page."""
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and hasattr(self, "post") and not is_same_origin(request):
            return problem_response(403, "cross_origin", "This form is not of this site.")
        with translation.override(self.get_language()):
            response = self.enter(request) or super().dispatch(request, *args, **kwargs)
            if isinstance(response, HttpResponse) and hasattr(response, "render"):
                response.render()
            response.headers.setdefault("Content-Language", translation.get_language())
            return response


class ShopHostPage(PageView):
    """A page at the shop's host, and not at the API's."""

    def enter(self, request: Any) -> HttpResponseBase | None:
        if split_host(request.get_host())[0] != require_active_tenant().hostname:
            raise Http404
        return super().enter(request)


class PersonalPage(ShopHostPage):
    """A page of one person, which no cache keeps; leads others to the log-in.

    A form of an ended session is answered with a page that sends it again after a log-in.
    """

    session: LoginSession
    user: User

    def enter(self, request: Any) -> HttpResponseBase | None:
        if response := super().enter(request):
            return response
        session = session_of(request)
        if session is None:
            if fields := _fields_to_keep(request):
                context = {"shop": require_active_tenant(), "fields": fields, "has_icon": True}
                return render(request, "pages/logged_out.html", context, status=403)
            query = urlencode({"next": self.get_path_to_return_to()}, safe="/")
            return HttpResponseRedirect(f"{reverse('account_login')}?{query}")
        self.session, self.user = session, session.user
        return None

    def get_query(self) -> dict[str, str]:
        """Return the parameters of this page in its address; others are not repeated."""
        return {}

    def get_path_to_return_to(self) -> str:
        """Return the page to show after the log-in, for one that only takes forms that above it."""
        path, query = self.request.path, urlencode(self.get_query())
        if "get" not in self.http_method_names:
            return path.rpartition("/")[0]
        return f"{path}?{query}" if query else path

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response


def _fields_to_keep(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form without its passwords; none of an upload."""
    if request.method != "POST" or request.content_type != _FORM:
        return []
    fields = form_of(request).lists()
    return [(name, text) for name, texts in fields if "password" not in name for text in texts]


class FormPage(PageView):
    """A page with a form, which a view of the API checks and saves."""

    http_method_names = ["get", "head", "options", "post"]

    def submit(self, form: MultiValueDict[str, str]) -> Answer:
        """Send the form to the API and return its answer."""
        raise NotImplementedError

    def get_success_url(self, answer: Answer) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect after a success; otherwise show the form as it was sent, with its errors."""
        form = form_of(request)
        answer = self.submit(form)
        if answer.is_ok:
            return self.succeed(answer)
        context = self.get_context_data(
            sent=form, errors=answer.errors, problem=answer.code, **kwargs
        )
        return self.render_to_response(context)

    def succeed(self, answer: Answer) -> HttpResponse:
        response = HttpResponseRedirect(self.get_success_url(answer), status=303)
        response.cookies.update(answer.cookies or {})
        return response
