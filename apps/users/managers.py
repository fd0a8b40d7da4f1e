from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from apps.tenants.managers import TenantManager, TenantQuerySet

if TYPE_CHECKING:
    from apps.users.models import User


class UserQuerySet(TenantQuerySet["User"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return whom `user` may see: the team sees everybody, others see themselves."""
        if getattr(user, "is_team", False):
            return self
        return self.filter(pk=user.pk)

    def active_owners(self) -> Self:
        return self.filter(role="owner", is_active=True)


class UserManager(TenantManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create somebody in the active tenant. Without a password they cannot log in."""
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        """Return the user of the active tenant with this e-mail, in any spelling."""
        user: User = self.get(email=email or "")
        return user
