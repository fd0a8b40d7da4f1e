"""What each role of a shop may do."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request

from apps.users.models import Role


class IsTeamOrReadOnly(BasePermission):
    """Anybody reads; owner, manager and staff write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or getattr(request.user, "is_team", False)


class IsOwnerOrReadOnly(BasePermission):
    """Anybody reads; the owner writes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or getattr(request.user, "role", "") == Role.OWNER


class IsManagement(IsAuthenticated):
    """Owner and manager."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and getattr(
            request.user, "is_management", False
        )


class ManagesUsers(IsAuthenticated):
    """Whoever is logged in reads; owner and manager write, and only an owner touches an owner."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or getattr(request.user, "is_management", False)

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        if request.method in SAFE_METHODS or getattr(request.user, "role", "") == Role.OWNER:
            return True
        return obj.role != Role.OWNER


def may_invite(user: Any, role: str) -> bool:
    """Tell whether `user` may make somebody `role`: only an owner makes an owner."""
    return user.is_active and user.is_management and (role != Role.OWNER or user.role == Role.OWNER)
