"""One shop's host."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from apps.api.docs import DocsView, SchemaView
from apps.auditlog.views import AuditViewSet
from apps.identity import views as identity
from apps.identity.invitations import AcceptInvitationView, InvitationViewSet
from apps.products.views import ProductViewSet
from apps.server.views import home
from apps.shops.views import ShopView
from apps.users.views import MeView, UserViewSet
from auth_backends.views import LoginView, RefreshView
from multitenant.urls import handler400, handler403, handler404, handler500  # noqa: F401

router = SimpleRouter()
router.register("users/invitations", InvitationViewSet, basename="invitation")
router.register("users", UserViewSet, basename="user")
router.register("products", ProductViewSet, basename="product")
router.register("auth/sessions", identity.SessionViewSet, basename="session")
router.register("audit", AuditViewSet, basename="audit")

urlpatterns = [
    path("", home),
    path("api/shop/", ShopView.as_view(), name="shop"),
    path("api/auth/login/", LoginView.as_view(), name="login"),
    path("api/auth/refresh/", RefreshView.as_view(), name="refresh"),
    path("api/auth/me/", MeView.as_view(), name="me"),
    path("api/auth/logout/", identity.LogoutView.as_view()),
    path("api/auth/password/change/", identity.PasswordChangeView.as_view()),
    path("api/auth/password/reset/", identity.PasswordResetView.as_view()),
    path("api/auth/password/reset/confirm/", identity.PasswordResetConfirmView.as_view()),
    path("api/auth/register/", identity.RegisterView.as_view()),
    path("api/auth/email/verify/", identity.EmailVerifyView.as_view()),
    path("api/auth/email/confirm/", identity.EmailConfirmView.as_view()),
    path("api/auth/invitations/accept/", AcceptInvitationView.as_view()),
    path("api/", include(router.urls)),
    path("api/schema/", SchemaView.as_view(urlconf=__name__), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
]
