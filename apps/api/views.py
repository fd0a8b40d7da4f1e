"""Generic views of actions, which validate a body."""

from __future__ import annotations

from typing import Any

from rest_framework import generics
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request


class BodyView(generics.GenericAPIView):
    """A view that validates a body and requires authentication."""

    permission_classes: Any = [IsAuthenticated]

    def validated(self, request: Request) -> dict[str, Any]:
        """Return the validated body; raise ValidationError."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class PublicView(BodyView):
    """A view that validates a body without authentication."""

    authentication_classes: Any = []
    permission_classes = [AllowAny]
