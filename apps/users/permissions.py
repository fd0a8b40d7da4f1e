from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request

from apps.users.models import EmailToken, Role, User
from apps.users.reauthentication import require_recent_login

_NAMES = {"first_name", "last_name"}


class IsTeamOrReadOnly(BasePermission):
    """Allow anyone to read, and owners, managers and staff to write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or getattr(request.user, "is_team", False)


class IsTeam(IsAuthenticated):
    """Allow owners, managers and staff."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and getattr(request.user, "is_team", False)


class IsOwnerOrReadOnly(BasePermission):
    """Allow anyone to read, and owners to write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or getattr(request.user, "role", "") == Role.OWNER


class IsManagement(IsAuthenticated):
    """Allow owners and managers."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and getattr(
            request.user, "is_management", False
        )


class ManagesInvitations(IsManagement):
    """Allow owners and managers. To withdraw an invitation, one must be permitted to send it."""

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        if request.method not in SAFE_METHODS:
            require_permission_to_assign(request, obj.role)
        return True


class ManagesUsers(IsAuthenticated):
    """Allow authenticated users to read, and owners and managers to write.

    Only an owner who has just logged in, or sends the current password, may change an owner.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or getattr(request.user, "is_management", False)

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        if request.method in SAFE_METHODS or not obj.is_owner:
            return True
        if not request.user.is_owner:
            return False
        if obj != request.user or view.action != "sessions":
            require_recent_login(request)
        return True


def require_permission_to_assign(request: Any, role: str) -> None:
    """Raise PermissionDenied unless the user of `request` may grant or revoke `role`."""
    if role == Role.OWNER:
        if not request.user.is_owner:
            raise PermissionDenied(_("Only an owner decides who is an owner."))
        require_recent_login(request)


def require_permission_to_reinvite(request: Any, email: str) -> None:
    """Raise PermissionDenied unless the user of `request` may replace invitations of `email`."""
    invitations = EmailToken.objects.usable().filter(purpose=EmailToken.Purpose.INVITATION)
    for invitation in invitations.filter(email=email):
        require_permission_to_assign(request, invitation.role)


def require_permission_to_change(request: Any, user: User, changes: dict[str, Any]) -> None:
    """Raise PermissionDenied unless the user of `request` may make these changes to `user`."""
    if user == request.user or request.user.is_owner or not user.is_management:
        return
    if any(getattr(user, name) != changes[name] for name in changes.keys() - _NAMES):
        raise PermissionDenied(_("Only an owner may change more than the name of a manager."))
