from __future__ import annotations

from django.urls import path

from apps.storefront.views import api, files, pages

urlpatterns = [
    path("api/shop/storefront/", api.StorefrontSettingsView.as_view()),
    path("", pages.HomeView.as_view(), name="home"),
    path("collections", pages.CollectionsView.as_view(), name="collections"),
    path("collections/<path:code>", pages.CollectionView.as_view(), name="collection"),
    path("products/<path:code>", pages.ProductView.as_view(), name="product"),
    path("search", pages.SearchView.as_view(), name="search"),
    path("search/suggestions", pages.SuggestionsView.as_view(), name="suggestions"),
    path("theme.css", files.ThemeView.as_view(), name="theme"),
    path("favicon.svg", files.FaviconView.as_view(), name="favicon"),
    path("manifest.webmanifest", files.ManifestView.as_view(), name="manifest"),
    path("robots.txt", files.RobotsView.as_view(), name="robots"),
    path("sitemap.xml", files.SitemapView.as_view(), name="sitemap"),
    path("sitemap-<slug:section>.xml", files.SitemapView.as_view(), name="sitemap_section"),
]
