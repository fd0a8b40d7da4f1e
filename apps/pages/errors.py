from __future__ import annotations

from typing import Final

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.pages.views import PAGE_POLICY

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
_REFUSED: Final = (_("This did not work"), _("Go back and try it again."))
_SERVER_ERROR: Final = 500
_OTHER: Final = (_("Something went wrong"), _("The fault is ours. Try again in a minute."))


def error_page(request: HttpRequest, status: int) -> HttpResponseBase:
    """Return the page of an error, in the language of the shop. It needs no database."""
    shop = getattr(request, "tenant", None)
    title, text = _TEXTS.get(status, _OTHER if status >= _SERVER_ERROR else _REFUSED)
    context = {"shop": shop, "title": title, "text": text, "status": status}

    @csp_replace(PAGE_POLICY)
    def page(request: HttpRequest) -> HttpResponse:
        return render(request, "pages/error.html", context, status=status)

    with translation.override(shop.language if shop else settings.LANGUAGE_CODE):
        return page(request)
