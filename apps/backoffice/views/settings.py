from __future__ import annotations

from operator import itemgetter
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from apps.audit.actions import action_choices
from apps.audit.views import AuditViewSet
from apps.backoffice.views.office import ListPage, OfficePage
from apps.pages.api import UPLOAD, Answer, call
from apps.pages.parsers import form_data
from apps.shops.views import ShopView
from apps.storefront.models import Storefront
from apps.storefront.views.api import LogoView, StorefrontSettingsView
from apps.tenants.models import Tenant
from apps.users.models import Role, User

LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
]


class GeneralPage(OfficePage):
    """The name, the currency and the language of the shop, and its danger zone."""

    template_name = "backoffice/general.html"
    section = "settings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values = self.read(ShopView, "get")
        if "storefront_origins" in values:
            values = {**values, "storefront_origins": "\n".join(values["storefront_origins"])}
        return super().get_context_data(
            values=values,
            languages=LANGUAGES,
            units=Tenant.WeightUnit.choices,
            storefront=Storefront.objects.current(),
            **kwargs,
        )

    def submit(self, form: MultiValueDict[str, str]) -> Answer:
        if form.get("_do") in {"open", "close"}:
            data: dict[str, Any] = {"is_open": form["_do"] == "open"}
            self.done = "opened" if data["is_open"] else "closed"
            return call(self.request, StorefrontSettingsView, "patch", data=data)
        data = form_data(form)
        data["storefront_origins"] = data.get("storefront_origins", "").split()
        self.done = "saved"
        return call(self.request, ShopView, "patch", data=data)

    def get_success_url(self, answer: Answer) -> str:
        return f"{self.request.path}?done={self.done}"


class LookPage(OfficePage):
    """The look of the storefront."""

    template_name = "backoffice/look.html"
    section = "settings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            values=self.read(StorefrontSettingsView, "get"),
            schemes=Storefront.Scheme.choices,
            fonts=Storefront.Fonts.choices,
            corners=Storefront.Corners.choices,
            **kwargs,
        )

    def submit(self, form: MultiValueDict[str, str]) -> Answer:
        return call(self.request, StorefrontSettingsView, "patch", data=form_data(form))


class LogoPage(OfficePage):
    """Takes the logo of the shop, or removes it, and leads back to the look."""

    template_name = "backoffice/refused.html"
    section = "settings"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_upload = (request.content_type or "").startswith("multipart/")
        answer = (
            call(request, LogoView, "post", data=UPLOAD)
            if is_upload
            else call(request, LogoView, "delete")
        )
        if not answer.is_ok:
            return self.render_to_response(self.get_context_data(errors=answer.errors))
        return HttpResponseRedirect(f"{reverse('office_look')}?done=saved", status=303)


class AuditPage(ListPage):
    """The audit log of the shop, for its owner."""

    template_name = "backoffice/audit.html"
    section = "audit"
    api = AuditViewSet
    #: Days, both of them included, in UTC as the times of the list.
    days = {
        "from": ("created_at__gte", "T00:00:00Z"),
        "to": ("created_at__lte", "T23:59:59.999999Z"),
    }
    filters = ("action", "actor", *days)

    def get_api_query(self) -> dict[str, str]:
        query = super().get_api_query()
        for name, (parameter, time) in self.days.items():
            if day := query.pop(name, ""):
                query[parameter] = day + time
        return query

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = {code: str(label) for code, label in action_choices()}
        context = super().get_context_data(
            actions=[("", "—"), *sorted(labels.items(), key=itemgetter(1))],
            action=self.request.GET.get("action", ""),
            **kwargs,
        )
        known = Q(pk__in={row["actor"] for row in context["rows"] if row["actor"]})
        people = User.objects.filter(known | ~Q(role=Role.CUSTOMER)).order_by("email")
        emails = {str(user.pk): user.email for user in people}
        for row in context["rows"]:
            row["action_label"] = labels.get(row["action"], row["action"])
            row["person"] = emails.get(str(row["actor"]), "")
            row["of_person"] = self.link(actor=str(row["actor"]), cursor="")
        actor = context["query"].get("actor", "")
        return context | {"people": {"": "—"} | emails | {actor: emails.get(actor, actor or "—")}}
