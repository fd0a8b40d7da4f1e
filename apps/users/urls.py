from django.urls import include, path
from rest_framework.routers import SimpleRouter

from apps.users.views.invitations import AcceptInvitationView, InvitationViewSet
from apps.users.views.passwords import (
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from apps.users.views.registration import EmailConfirmView, EmailVerifyView, RegisterView
from apps.users.views.sessions import LogoutView, SessionViewSet
from apps.users.views.users import MeView, UserViewSet

router = SimpleRouter()
router.register("users/invitations", InvitationViewSet, basename="invitation")
router.register("users", UserViewSet, basename="user")
router.register("auth/sessions", SessionViewSet, basename="session")

urlpatterns = [
    path("auth/me/", MeView.as_view(), name="me"),
    path("auth/logout/", LogoutView.as_view()),
    path("auth/password/change/", PasswordChangeView.as_view()),
    path("auth/password/reset/", PasswordResetView.as_view()),
    path("auth/password/reset/confirm/", PasswordResetConfirmView.as_view()),
    path("auth/register/", RegisterView.as_view()),
    path("auth/email/verify/", EmailVerifyView.as_view()),
    path("auth/email/confirm/", EmailConfirmView.as_view()),
    path("auth/invitations/accept/", AcceptInvitationView.as_view()),
    path("", include(router.urls)),
]
