"""The platform host, where shops are opened."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from apps.server.views import home
from apps.shops.views import AvailabilityView, OpenShopView
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns = [
    path("", home),
    path("api/shops/", OpenShopView.as_view(), name="shops"),
    path("api/shops/availability/", AvailabilityView.as_view(), name="availability"),
    path("api/schema/", SpectacularAPIView.as_view(urlconf=__name__), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(), name="docs"),
]
