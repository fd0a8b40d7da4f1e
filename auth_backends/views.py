from __future__ import annotations

from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView


class LoginView(TokenObtainPairView):
    """Exchanges e-mail and password for tokens that are good in this shop alone."""


class RefreshView(TokenRefreshView):
    """Exchanges a refresh token for a new access token."""
