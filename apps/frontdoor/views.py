from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from apps.frontdoor.handoff import issue_handoff
from apps.pages.api import Answer, call
from apps.pages.parsers import form_data
from apps.pages.views import PAGE_POLICY, FormPage, PageView
from apps.shops.views import OpenShopView
from apps.tenants.languages import preferred_language
from apps.users.views.registration import FindShopsView

Form = MultiValueDict[str, str]

#: What a page says after a form has led to it.
NOTICES: Final = {"mailed": _("If a shop knows this address, a mail with a list is on its way.")}
TAKEN: Final = _("This address is taken. Choose another.")
_DAY: Final = 86_400


class PlatformPage(PageView):
    """A page of the platform's host, in a language of the reader. It reads no cookie."""

    def get_language(self) -> str:
        return preferred_language(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = NOTICES.get(self.request.GET.get("done", ""))
        domain = settings.BASE_DOMAIN
        return super().get_context_data(notice=notice, base_domain=domain, **kwargs)


class HomePage(PlatformPage, FormPage):
    """The front door: a form that opens a shop and leads into its back office."""

    template_name = "frontdoor/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Browsers apply `form-action` to the redirect that answers a form, too.
        port = "" if settings.IS_PUBLIC else ":*"
        shops = f"{settings.SITE_SCHEME}://*.{settings.BASE_DOMAIN}{port}"
        policy = PAGE_POLICY | {"form-action": [SELF, shops]}
        return csp_replace(policy)(super().dispatch)(request, *args, **kwargs)

    def submit(self, form: Form) -> Answer:
        data = form_data(form) | {"language": self.get_language()}
        answer = call(self.request, OpenShopView, "post", data=data)
        is_taken = answer.status == HTTPStatus.CONFLICT
        return replace(answer, errors={"code": [str(TAKEN)]}) if is_taken else answer

    def get_success_url(self, answer: Answer) -> str:
        path = reverse("account_enter", urlconf=settings.SHOP_URLCONF).lstrip("/")
        token = issue_handoff(answer.data["id"])
        return f"{answer.data['url']}{path}?{urlencode({'token': token})}"

    def succeed(self, answer: Answer) -> HttpResponse:
        response = super().succeed(answer)
        response.headers["Cache-Control"] = "no-store"
        return response


class FindShopsPage(PlatformPage, FormPage):
    """Mail the addresses of a person's shops. The page does not reveal if there are any."""

    template_name = "frontdoor/find_shops.html"

    def submit(self, form: Form) -> Answer:
        return call(self.request, FindShopsView, "post", data=form_data(form))

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('find_shops')}?done=mailed"


class FaviconPage(PlatformPage):
    """The mark of the platform."""

    template_name = "frontdoor/favicon.svg"
    content_type = "image/svg+xml"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response.headers["Cache-Control"] = f"public, max-age={_DAY}"
        return response


class RobotsPage(PlatformPage):
    """Search engines may read the pages."""

    template_name = "frontdoor/robots.txt"
    content_type = "text/plain"
