from __future__ import annotations

from typing import Any

from django.utils.datastructures import MultiValueDict

from apps.backoffice.views.office import ListPage, OfficePage
from apps.pages.api import Answer, call
from apps.pages.parsers import form_data
from apps.users.models import Role, User
from apps.users.views.invitations import InvitationViewSet
from apps.users.views.users import UserViewSet

#: The API asks for the password, or for another one.
PASSWORD_CODES = {"password_required", "wrong_password"}
TEAM_ROLES = [(role.value, role.label) for role in Role if role != Role.CUSTOMER]


class PeoplePage(OfficePage):
    """The team, and the invitations to it."""

    template_name = "backoffice/people.html"
    section = "people"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitations: list[Any] = []
        if self.user.is_management:
            invitations = self.read(InvitationViewSet, "list", {"page_size": "100"})["results"]
            for invitation in invitations:
                invitation["role_label"] = Role(invitation["role"]).label
        kwargs["is_password_needed"] = kwargs.pop("problem", "") in PASSWORD_CODES
        team = User.objects.exclude(role=Role.CUSTOMER).order_by("-is_active", "created_at")
        return super().get_context_data(
            team=team, invitations=invitations, roles=TEAM_ROLES, **kwargs
        )

    def submit(self, form: MultiValueDict[str, str]) -> Answer:
        data = form_data(form)
        if not data.get("current_password"):
            data.pop("current_password", None)
        pk = data.pop("id", "")
        self.done = "saved"
        match form.get("_do", ""):
            case "invite":
                self.done = "invited"
                return call(self.request, InvitationViewSet, "create", data=data, query={})
            case "withdraw":
                self.done = "withdrawn"
                return call(self.request, InvitationViewSet, "destroy", query={}, pk=pk)
            case "deactivate":
                data["is_active"] = False
            case "activate":
                data["is_active"] = True
        return call(self.request, UserViewSet, "partial_update", data=data, query={}, pk=pk)

    def get_success_url(self, answer: Answer) -> str:
        return f"{self.request.path}?done={self.done}"


class CustomersPage(ListPage):
    template_name = "backoffice/customers.html"
    section = "customers"
    api = UserViewSet

    def get_api_query(self) -> dict[str, str]:
        return {**super().get_api_query(), "role": Role.CUSTOMER.value}
