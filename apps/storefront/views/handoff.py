from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.storefront.views.storefront import ShopPage
from apps.users.actions import UserAction
from apps.users.exceptions import InvalidLink
from apps.users.models import EmailToken
from auth_backends.browser_sessions import start_session

_HOME: Final = "/admin/"
_NO_STORE: Final = {"Cache-Control": "no-store"}


class EnterPage(ShopPage):
    """Log in the owner who has just opened the shop at the platform's host.

    A hand-off token in the query takes the place of the password: cookies are bound to one host.
    """

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Use the token and lead to the back office, or to the log-in if it is invalid."""
        if _is_prefetch(request):
            # Browsers discard this and ask again when the person follows the link.
            return HttpResponse(status=503, headers=_NO_STORE)
        response = HttpResponseRedirect(_HOME, status=303, headers=_NO_STORE)
        try:
            with transaction.atomic():
                purpose = EmailToken.Purpose.HANDOFF
                user = EmailToken.objects.use(purpose, request.GET.get("token", "")).user
                if user is None or not user.is_active:
                    raise InvalidLink
                start_session(request, response, user)
                AuditEvent.objects.record(
                    UserAction.LOGGED_IN, request, actor=user, subject=user.email
                )
        except InvalidLink:
            login = f"{reverse('account_login')}?done=expired"
            return HttpResponseRedirect(login, status=303, headers=_NO_STORE)
        return response

    def head(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer without using the token."""
        return HttpResponse(headers=_NO_STORE)


def _is_prefetch(request: HttpRequest) -> bool:
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose", "")
    return purpose.startswith("prefetch")
