"""The URLs of a shop's host."""

from django.urls import include, path

from apps.api.docs import DocsView, SchemaView
from apps.backoffice.views.dashboard import OfficeRedirect
from apps.products.images.views import media
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns = [
    path("media/<str:digest>/<int:width>.webp", media, name="media"),
    path("admin", OfficeRedirect.as_view()),
    path("admin/", include("apps.backoffice.urls")),
    path("", include("apps.storefront.urls")),
    path("api/", include("auth_backends.urls")),
    path("api/", include("apps.users.urls")),
    path("api/", include("apps.products.urls")),
    path("api/", include("apps.shops.urls")),
    path("api/", include("apps.audit.urls")),
    path("api/schema/", SchemaView.as_view(urlconf=__name__), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
]
