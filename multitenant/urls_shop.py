"""One shop's host."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from apps.products.views import ProductViewSet
from apps.server.views import home
from apps.shops.views import ShopView
from apps.users.views import MeView, UserViewSet
from auth_backends.views import LoginView, RefreshView
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

router = SimpleRouter()
router.register("users", UserViewSet, basename="user")
router.register("products", ProductViewSet, basename="product")

urlpatterns = [
    path("", home),
    path("api/shop/", ShopView.as_view(), name="shop"),
    path("api/auth/login/", LoginView.as_view(), name="login"),
    path("api/auth/refresh/", RefreshView.as_view(), name="refresh"),
    path("api/auth/me/", MeView.as_view(), name="me"),
    path("api/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(urlconf=__name__), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(), name="docs"),
]
