from __future__ import annotations

from http import HTTPStatus
from typing import Final

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.pages.views import PAGE_POLICY
from apps.tenants.languages import preferred_language, text_language

_TEXTS: Final = {
    403: (_("This is not yours to see"), _("Log in with an account that may.")),
    404: (_("This page does not exist"), _("The address may have changed, or never was.")),
    413: (
        _("This file is too large"),
        _("Pictures have up to 20 MB, files to import up to 100 MB."),
    ),
    429: (_("Too many requests at once"), _("Wait a moment, then try again.")),
    503: (_("Back in a moment"), _("We are busy or under repair. Try again in a minute.")),
}
_REQUEST: Final = (_("This did not work"), _("Go back, check what you entered, and try again."))
_OTHER: Final = (_("Something went wrong"), _("The fault is ours. Try again in a minute."))


def error_page(request: HttpRequest, status: int) -> HttpResponseBase:
    """Return the page of an error, in the language of the shop or of the reader.

    It needs no database.
    """
    shop = getattr(request, "tenant", None)
    has_icon = hasattr(request, "urlconf")  # not at the host of no site
    title, text = _TEXTS.get(
        status, _OTHER if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _REQUEST
    )
    context = {"shop": shop, "title": title, "text": text, "status": status, "has_icon": has_icon}

    @csp_replace(PAGE_POLICY)
    def page(request: HttpRequest) -> HttpResponse:
        return render(request, "pages/error.html", context, status=status)

    with translation.override(
        text_language(shop.language) if shop else preferred_language(request)
    ):
        return page(request)
