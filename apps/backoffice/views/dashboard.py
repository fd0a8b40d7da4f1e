from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from apps.backoffice.views.office import OfficePage
from apps.pages.api import Answer, call
from apps.pages.views import ShopHostPage
from apps.products.models import Collection, Image, Product
from apps.storefront.models import Storefront
from apps.storefront.views.api import StorefrontSettingsView
from apps.tenants.context import require_active_tenant
from apps.tenants.models import Tenant
from apps.users.models import Role, User


@dataclass(frozen=True)
class Step:
    """A step on the way to an open shop."""

    title: Any
    text: Any
    url: str
    is_done: bool


class OfficeRedirect(ShopHostPage):
    """Leads those who type the address without its slash to the office."""

    def get_language(self) -> str:
        return settings.LANGUAGE_CODE

    def enter(self, request: Any) -> HttpResponseBase | None:
        return super().enter(request) or HttpResponseRedirect(reverse("office"))


class DashboardPage(OfficePage):
    template_name = "backoffice/dashboard.html"
    section = "dashboard"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = setup_steps()
        is_open = Storefront.objects.current().is_open
        return super().get_context_data(
            steps=steps,
            done=sum(step.is_done for step in steps),
            is_set_up=is_open and all(step.is_done for step in steps),
            is_open=is_open,
            counts=[
                (_("Active products"), Product.objects.filter(status="active").count(), "active"),
                (_("Drafts"), Product.objects.filter(status="draft").count(), "draft"),
                (_("Archived"), Product.objects.filter(status="archived").count(), "archived"),
            ],
            customers=User.objects.filter(role=Role.CUSTOMER).count(),
            **kwargs,
        )

    def submit(self, form: MultiValueDict[str, str]) -> Answer:
        return call(self.request, StorefrontSettingsView, "patch", data={"is_open": True})

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('office')}?done=opened"


def setup_steps() -> list[Step]:
    """Return the steps of the check list, in the order that saves most work."""
    tenant = Tenant.objects.get(pk=require_active_tenant().pk)
    return [
        Step(
            _("Add a product"),
            _("By hand, or all at once from a CSV file of your present platform."),
            reverse("office_product_new"),
            Product.objects.exists(),
        ),
        Step(
            _("Show it"),
            _("A picture sells more than a paragraph."),
            reverse("office_products"),
            Image.objects.filter(status=Image.Status.READY).exists(),
        ),
        Step(
            _("Sort your products"),
            _("A collection named “featured” comes first on the home page."),
            reverse("office_collections"),
            Collection.objects.exists(),
        ),
        Step(
            _("Choose a look"),
            _("Colour, fonts and a line that says what you sell."),
            reverse("office_look"),
            bool(Storefront.objects.current().tagline),
        ),
        Step(
            _("Confirm your address"),
            _("With the link in the mail that we sent when you opened the shop."),
            reverse("account"),
            tenant.confirmed_at is not None,
        ),
    ]
