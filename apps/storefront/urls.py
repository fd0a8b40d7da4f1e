from __future__ import annotations

from django.urls import path

from apps.storefront.views import account, api, files, handoff, pages

urlpatterns = [
    path("api/shop/storefront/", api.StorefrontSettingsView.as_view()),
    path("api/shop/storefront/logo/", api.LogoView.as_view()),
    path("", pages.HomeView.as_view(), name="home"),
    path("collections", pages.CollectionsView.as_view(), name="collections"),
    path("collections/<path:code>", pages.CollectionView.as_view(), name="collection"),
    path("products/<path:code>", pages.ProductView.as_view(), name="product"),
    path("search", pages.SearchView.as_view(), name="search"),
    path("search/suggestions", pages.SuggestionsView.as_view(), name="suggestions"),
    path("account", account.ProfilePage.as_view(), name="account"),
    path("account/login", account.LoginPage.as_view(), name="account_login"),
    path("account/logout", account.LogoutPage.as_view(), name="account_logout"),
    path("account/register", account.RegisterPage.as_view(), name="account_register"),
    path("account/enter", handoff.EnterPage.as_view(), name="account_enter"),
    path("account/forgot", account.ForgotPage.as_view(), name="account_forgot"),
    path("account/password", account.PasswordPage.as_view(), name="account_password"),
    path("account/sessions", account.SessionsPage.as_view(), name="account_sessions"),
    # Links in mails lead to these.
    path("reset-password", account.ResetPage.as_view(), name="account_reset"),
    path("verify-email", account.VerifyPage.as_view(), name="account_verify"),
    path("confirm-email", account.ConfirmPage.as_view(), name="account_confirm"),
    path("accept-invitation", account.AcceptPage.as_view(), name="account_accept"),
    path("theme.css", files.ThemeView.as_view(), name="theme"),
    path("favicon.svg", files.FaviconView.as_view(), name="favicon"),
    path("manifest.webmanifest", files.ManifestView.as_view(), name="manifest"),
    path("robots.txt", files.RobotsView.as_view(), name="robots"),
    path("sitemap.xml", files.SitemapView.as_view(), name="sitemap"),
    path("sitemap-<slug:section>.xml", files.SitemapView.as_view(), name="sitemap_section"),
]
