from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from apps.api.views import PublicView
from apps.audit.models import AuditEvent
from apps.users.actions import UserAction
from auth_backends.browser_sessions import start_session
from auth_backends.serializers import BrowserLoginSerializer, RefreshSerializer

_JWKS_SECONDS = 300


class LoginView(TokenObtainPairView):
    """Exchange e-mail and password for tokens that are valid in this shop only."""

    @extend_schema(responses=RefreshSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)


class RefreshView(TokenRefreshView):
    """Exchange a refresh token, which is valid once, for a new pair."""


class JWKSView(APIView):
    """The public keys that verify access tokens. On the platform host."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        keys = [jwk for key in settings.JWT_KEYS.values() if (jwk := key.public_jwk())]
        return Response({"keys": keys}, headers={"Cache-Control": f"max-age={_JWKS_SECONDS}"})


class BrowserLoginView(PublicView):
    """Exchange e-mail and password for the cookie of a session. For pages: no path leads here."""

    serializer_class = BrowserLoginSerializer

    def post(self, request: Any) -> Response:
        user = self.validated(request)["user"]
        response = Response({"is_team": user.is_team})
        start_session(request._request, response, user)
        AuditEvent.objects.record(UserAction.LOGGED_IN, request, actor=user, subject=user.email)
        return response
