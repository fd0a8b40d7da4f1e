from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from apps.pages.api import Answer, call
from apps.pages.views import FormPage, PersonalPage
from apps.tenants.context import require_active_tenant
from apps.tenants.languages import preferred_language
from apps.users.models import Role

#: What a page says after a form has led to it.
NOTICES: Final = {
    "saved": _("Saved."),
    "added": _("Added."),
    "deleted": _("Deleted."),
    "uploaded": _("The picture is uploaded and appears in a moment."),
    "invited": _("The invitation is on its way."),
    "withdrawn": _("The invitation is withdrawn."),
    "opened": _("Your shop is open."),
    "closed": _("Your shop is closed to shoppers."),
}
_NOT_FOUND, _FORBIDDEN = 404, 403


class OfficePage(PersonalPage, FormPage):
    """A page for the team, in the language of the person."""

    #: The entry of the menu that the page belongs to.
    section = ""
    #: The pointers whose errors stand beside their fields; others come first on the page.
    fields = re.compile("")

    def get_language(self) -> str:
        return preferred_language(self.request)

    def enter(self, request: Any) -> HttpResponseBase | None:
        if response := super().enter(request):
            return response
        if not self.user.is_team:
            raise PermissionDenied
        return None

    def read(
        self, view: Any, action: str, query: Mapping[str, str] | None = None, **kwargs: Any
    ) -> Any:
        """Return the data of a view of the API; raise what its error means for a page."""
        answer = call(self.request, view, action, query=query or {}, **kwargs)
        if answer.status == _NOT_FOUND:
            raise Http404
        if answer.status == _FORBIDDEN:
            raise PermissionDenied
        if not answer.is_ok:
            raise BadRequest
        return answer.data

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            errors=self.in_places(kwargs.pop("errors", {})),
            shop=require_active_tenant(),
            person=self.user,
            is_owner=self.user.role == Role.OWNER,
            section=self.section,
            notice=NOTICES.get(self.request.GET.get("done", "")),
            **kwargs,
        )

    def in_places(self, errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Return errors with those that have no place on the page among the ones of the whole."""
        others = [errors[each] for each in errors if each and not self.fields.fullmatch(each)]
        return {**errors, "": list(dict.fromkeys(chain(errors.get("", []), *others)))}

    def get_success_url(self, answer: Answer) -> str:
        return f"{self.request.path}?done=saved"


class ListPage(OfficePage):
    """A list of the API, with its filters and cursors in the query of the page."""

    api: Any = None
    #: The parameters of the page, besides those of every list.
    filters: tuple[str, ...] = ()

    def get_query(self) -> dict[str, str]:
        names = ("cursor", "search", "ordering", *self.filters)
        given = {name: self.request.GET.get(name, "").strip() for name in names}
        return {name: value for name, value in given.items() if value}

    def get_api_query(self) -> dict[str, str]:
        """Return the query of the API for that of the page."""
        return self.get_query()

    def link(self, **changes: str) -> str:
        """Return the query of this page with other values; an empty one removes its name."""
        query = self.get_query() | changes
        return f"?{urlencode({name: value for name, value in query.items() if value})}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answer = call(self.request, self.api, "list", query=self.get_api_query())
        if answer.status == _FORBIDDEN:
            raise PermissionDenied
        data = answer.data if answer.is_ok else {"results": [], "next": None, "previous": None}
        return super().get_context_data(
            rows=data["results"],
            next=self.link(cursor=cursor_of(data["next"])) if data["next"] else None,
            previous=self.link(cursor=cursor_of(data["previous"])) if data["previous"] else None,
            query=self.get_query(),
            **{"errors": answer.errors} | kwargs,
        )


def cursor_of(api_link: str) -> str:
    """Return the cursor in a link of the API."""
    return parse_qs(urlsplit(api_link).query)["cursor"][0]
