"""The URLs of the platform host."""

from django.urls import include, path

from apps.api.docs import DocsView, SchemaView
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns = [
    path("", include("apps.frontdoor.urls_platform")),
    path("", include("auth_backends.urls_platform")),
    path("api/", include("apps.shops.urls_platform")),
    path("api/", include("apps.users.urls_platform")),
    path("api/schema/", SchemaView.as_view(urlconf=__name__), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
]
