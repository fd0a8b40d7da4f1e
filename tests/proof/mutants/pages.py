"""Mutants of the pages and of browser sessions."""

from __future__ import annotations

from apps.backoffice.views.office import OfficePage
from apps.pages.views import PersonalPage
from apps.products.models import Product
from apps.storefront import colors
from apps.storefront.templatetags import storefront as storefront_tags
from apps.storefront.views import account, storefront
from apps.users.managers import LoginSessionManager
from auth_backends import browser_sessions
from tests.proof.mutants.mutant import instead_of, mutant, replace

_STOREFRONT = "tests/apps/storefront"
_SESSIONS = "tests/auth_backends/test_browser_sessions.py"


@mutant("tests/apps/pages/test_forms.py::test_form_of_another_origin_is_refused")
@instead_of(browser_sessions.is_same_origin)
def forms_of_all_origins(original, request):
    """The page of another shop sends forms with a person's cookie."""
    return True


@mutant(f"{_SESSIONS}::test_session_with_another_secret_is_anonymous")
def secret_of_the_cookie_not_compared(patch):
    """The id of a session is enough to take it over."""

    def of_browser(self, session_id, secret, client):
        return self._live(pk=session_id, kind="browser")

    replace(patch, LoginSessionManager.of_browser, of_browser)


@mutant(f"{_SESSIONS}::test_session_of_a_token_is_none_of_a_browser")
def sessions_of_any_kind_in_the_cookie(patch):
    """The secret of a refresh token logs a browser in."""
    live = LoginSessionManager._live

    def of_any_kind(self, **lookups):
        lookups.pop("kind", None)
        return live(self, **lookups)

    replace(patch, LoginSessionManager._live, of_any_kind)


@mutant(f"{_STOREFRONT}/test_account_login.py::test_login_leads_to_own_paths_only")
@instead_of(account.LoginPage.get_next)
def next_page_anywhere(original, self):
    """A link to the log-in leads to the page of an attacker."""
    return self.request.GET.get("next", "")


@mutant("tests/apps/backoffice/test_access.py::test_customer_gets_a_page_with_403")
@instead_of(OfficePage.enter)
def customers_in_the_office(original, self, request):
    """A customer sees the pages of the team."""
    return PersonalPage.enter(self, request)


@mutant(f"{_STOREFRONT}/test_products.py::test_product_that_is_not_active_is_404")
@instead_of(storefront.visible_products)
def drafts_in_the_storefront(original):
    """Shoppers see drafts."""
    return Product.objects.filter(default_variant__isnull=False)


@mutant(f"{_STOREFRONT}/test_home.py::test_closed_shop_shows_one_page_at_every_address")
@instead_of(storefront.StorefrontView.get_closed_page)
def closed_shop_shown(original, self, request, *args, **kwargs):
    """Shoppers see a shop that is not open."""
    return self.get_page(request, *args, **kwargs)


@mutant(f"{_STOREFRONT}/test_hostile.py::test_hostile_texts_are_inert")
def structured_data_not_escaped(patch):
    """The name of a product ends the data block, and begins a script."""
    patch.setattr(storefront_tags, "_ESCAPES", {})


@mutant(f"{_STOREFRONT}/test_colors.py::test_shade_of_any_colour_is_readable")
@instead_of(colors.readable_on)
def accent_not_adjusted(original, surface, color):
    """A shop with a pale accent has links that nobody can read."""
    return color
