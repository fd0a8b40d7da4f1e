"""The URLs of a shop's host."""

from typing import Any

from django.urls import include, path

from apps.api.docs import DocsView, SchemaView
from apps.backoffice.views.dashboard import OfficeRedirect
from apps.products.images.views import media
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

api: list[Any] = [
    path("", include("apps.products.urls")),
    path("", include("auth_backends.urls")),
    path("", include("apps.users.urls")),
    path("", include("apps.shops.urls")),
    path("", include("apps.audit.urls")),
    path("schema/", SchemaView.as_view(urlconf=__name__), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
]

urlpatterns = [
    path("api/", include(api)),
    path("media/<str:digest>/<int:width>.webp", media, name="media"),
    path("admin", OfficeRedirect.as_view()),
    path("admin/", include("apps.backoffice.urls")),
    path("", include("apps.storefront.urls")),
]
