"""The platform host, where shops are opened."""

from django.urls import path

from apps.api.docs import DocsView, SchemaView
from apps.identity.views import FindShopsView
from apps.server.views import home
from apps.shops.views import AvailabilityView, OpenShopView
from auth_backends.views import JWKSView
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns = [
    path("", home),
    path("api/shops/", OpenShopView.as_view(), name="shops"),
    path("api/auth/find-shops/", FindShopsView.as_view()),
    path("api/shops/availability/", AvailabilityView.as_view(), name="availability"),
    path(".well-known/jwks.json", JWKSView.as_view()),
    path("api/schema/", SchemaView.as_view(urlconf=__name__), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
]
