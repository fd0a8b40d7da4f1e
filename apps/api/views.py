"""Generic views that take a body and are not about one row."""

from __future__ import annotations

from typing import Any

from rest_framework import generics
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request


class BodyView(generics.GenericAPIView):
    """A view that takes a body, and a token."""

    permission_classes: Any = [IsAuthenticated]

    def validated(self, request: Request) -> dict[str, Any]:
        """Return the request's values; raise ValidationError."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class PublicView(BodyView):
    """A view that takes a body, and no token."""

    authentication_classes: Any = []
    permission_classes = [AllowAny]
