"""What browsers and search engines ask for besides pages."""

from __future__ import annotations

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from apps.storefront.colors import text_on
from apps.storefront.theme import style_sheet, theme_version
from apps.storefront.views.storefront import (
    StorefrontView,
    visible_collections,
    visible_products,
)
from apps.tenants.context import require_active_tenant

YEAR = 31_536_000


class FileView(StorefrontView):
    """A file that a shop has before it is open, too."""

    def get_closed_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.get_page(request, *args, **kwargs)


class ThemeView(FileView):
    """The style sheet of the shop's look; the address with its version never changes."""

    def get_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(style_sheet(self.storefront), content_type="text/css")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if request.GET.get("v") == theme_version(self.storefront):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response


class FaviconView(FileView):
    """The first letter of the shop's name on its accent colour."""

    def get_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        letter = next(filter(str.isalnum, require_active_tenant().name), "G").upper()
        context = {
            "letter": letter,
            "accent": self.storefront.accent,
            "text": text_on(self.storefront.accent),
        }
        return self.response_class(
            request, "storefront/favicon.svg", context, content_type="image/svg+xml"
        )


class ManifestView(FileView):
    """The web manifest, with which a phone keeps the shop on its home screen."""

    def get_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        manifest = {
            "name": require_active_tenant().name,
            "start_url": "/",
            "display": "minimal-ui",
            "theme_color": self.storefront.accent,
            "icons": [{"src": reverse("favicon"), "sizes": "any", "type": "image/svg+xml"}],
        }
        return JsonResponse(manifest, content_type="application/manifest+json")


class RobotsView(FileView):
    """Search engines may read a shop that is open, but not its searches."""

    def get_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = ["User-agent: *"]
        if self.storefront.is_open:
            sitemap = request.build_absolute_uri(reverse("sitemap"))
            lines += ["Disallow: /search", "Disallow: /api/", "", f"Sitemap: {sitemap}"]
        else:
            lines += ["Disallow: /"]
        return HttpResponse("\n".join([*lines, ""]), content_type="text/plain")


class ProductSitemap(Sitemap):
    limit = 5_000

    def items(self) -> Any:
        return visible_products().order_by("added_on", "id").only("code", "updated_on")

    def location(self, item: Any) -> str:
        return reverse("product", args=[item.code])

    def lastmod(self, item: Any) -> Any:
        return item.updated_on


class CollectionSitemap(Sitemap):
    limit = 5_000

    def items(self) -> Any:
        return visible_collections().order_by("added_on", "id").only("code", "updated_on")

    def location(self, item: Any) -> str:
        return reverse("collection", args=[item.code])

    def lastmod(self, item: Any) -> Any:
        return item.updated_on


SITEMAPS: Any = {"products": ProductSitemap, "collections": CollectionSitemap}


class SitemapView(FileView):
    """The index of the sitemaps, or the sitemap of one section."""

    def get_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.storefront.is_open:
            raise Http404
        if section := kwargs.get("section"):
            response = sitemap_views.sitemap(request, SITEMAPS, section)
        else:
            response = sitemap_views.index(request, SITEMAPS, sitemap_url_name="sitemap_section")
        response.headers.pop("X-Robots-Tag", None)
        return response
