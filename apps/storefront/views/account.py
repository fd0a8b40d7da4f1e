"""The account of a customer, and the pages that the links in mails lead to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from apps.pages.api import Answer, call
from apps.pages.parsers import form_data
from apps.pages.views import FormPage, PersonalPage
from apps.storefront.views.storefront import ShopPage
from apps.users.models import LoginSession
from apps.users.views.invitations import AcceptInvitationView
from apps.users.views.passwords import (
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from apps.users.views.registration import EmailConfirmView, EmailVerifyView, RegisterView
from apps.users.views.sessions import LogoutView, SessionViewSet
from apps.users.views.users import MeView, ProfileView
from auth_backends.browser_sessions import clear_cookie, set_cookie
from auth_backends.views import BrowserLoginView

Form = MultiValueDict[str, str]

#: What a page says after a form has led to it.
NOTICES = {
    "mailed": _("If there is something to send, a mail is on its way."),
    "saved": _("Saved."),
    "password": _("Your password is changed. Log in with the new one."),
    "registered": _("Your account is ready. Log in."),
    "confirmed": _("Your address is confirmed. Log in."),
    "confirm": _("Saved. Use the link that we sent to the new address to confirm it."),
    "ended": _("The session is ended."),
    "out": _("You are logged out."),
    "expired": _("This link was used before or is too old. Log in."),
}


class AccountPage(ShopPage, FormPage):
    """A page of one person, which no cache keeps."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        done = self.request.GET.get("done", "")
        kind = "warn" if done == "expired" else "good"
        return super().get_context_data(notice=NOTICES.get(done), notice_kind=kind, **kwargs)


class LinkPage(AccountPage):
    """A page that a mail leads to, with the token of its link."""

    api: Any = None
    #: The notice on the page of the log-in.
    done = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sent = kwargs.get("sent")
        token = sent.get("token", "") if sent else self.request.GET.get("token", "")
        return super().get_context_data(token=token, **kwargs)

    def submit(self, form: Form) -> Answer:
        data = {name: value for name, value in form_data(form).items() if value != ""}
        return call(self.request, self.api, "post", data=data)

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('account_login')}?done={self.done}"


class LoginPage(AccountPage):
    template_name = "storefront/account/login.html"

    def get_next(self) -> str:
        """Return the path to go to after the log-in, "" unless it is one of this site."""
        path = self.request.GET.get("next", "")
        is_own = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/")
        return path if is_own else ""

    def submit(self, form: Form) -> Answer:
        data = {name: form.get(name, "") for name in ("email", "password")}
        return call(self.request, BrowserLoginView, "post", data=data)

    def get_success_url(self, answer: Answer) -> str:
        home = "/admin/" if answer.data["is_team"] else reverse("account")
        return self.get_next() or home


class LogoutPage(AccountPage):
    http_method_names = ["post"]

    def submit(self, form: Form) -> Answer:
        return call(self.request, LogoutView, "post")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.submit(MultiValueDict())
        response = HttpResponseRedirect(f"{reverse('account_login')}?done=out", status=303)
        clear_cookie(response)
        return response


class RegisterPage(AccountPage):
    template_name = "storefront/account/register.html"

    def submit(self, form: Form) -> Answer:
        return call(self.request, RegisterView, "post", data=form_data(form))

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('account_register')}?done=mailed"


class ForgotPage(AccountPage):
    template_name = "storefront/account/forgot.html"

    def submit(self, form: Form) -> Answer:
        return call(self.request, PasswordResetView, "post", data=form_data(form))

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('account_forgot')}?done=mailed"


class ResetPage(LinkPage):
    template_name = "storefront/account/choose_password.html"
    extra_context = {"heading": _("Choose a new password"), "button": _("Save the password")}
    api = PasswordResetConfirmView
    done = "password"


class VerifyPage(LinkPage):
    template_name = "storefront/account/choose_password.html"
    extra_context = {"heading": _("Choose a password"), "button": _("Create the account")}
    api = EmailVerifyView
    done = "registered"


class ConfirmPage(LinkPage):
    template_name = "storefront/account/confirm.html"
    api = EmailConfirmView
    done = "confirmed"


class AcceptPage(LinkPage):
    template_name = "storefront/account/accept.html"
    api = AcceptInvitationView
    done = "registered"


class OwnPage(AccountPage, PersonalPage):
    """A page of a person who has logged in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.user, **kwargs)


class ProfilePage(OwnPage):
    template_name = "storefront/account/profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values = call(self.request, MeView, "get").data
        return super().get_context_data(values=values, **kwargs)

    def submit(self, form: Form) -> Answer:
        data = form_data(form)
        if not data.get("current_password"):
            data.pop("current_password", None)
        self.is_new_address = data.get("email") != self.user.email
        return call(self.request, ProfileView, "patch", data=data)

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('account')}?done={'confirm' if self.is_new_address else 'saved'}"


class PasswordPage(OwnPage):
    template_name = "storefront/account/password.html"

    def submit(self, form: Form) -> Answer:
        return call(self.request, PasswordChangeView, "post", data=form_data(form))

    def succeed(self, answer: Answer) -> HttpResponse:
        response = super().succeed(answer)
        pk = self.session.pk
        set_cookie(response, pk, LoginSession.objects.renew_secret(pk))
        return response

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('account')}?done=saved"


class SessionsPage(OwnPage):
    template_name = "storefront/account/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sessions = call(self.request, SessionViewSet, "list").data["results"]
        return super().get_context_data(sessions=sessions, **kwargs)

    def submit(self, form: Form) -> Answer:
        return call(self.request, SessionViewSet, "destroy", pk=form.get("id", ""))

    def get_success_url(self, answer: Answer) -> str:
        return f"{reverse('account_sessions')}?done=ended"
