from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from apps.tenants.context import get_active_tenant, tenant_context
from apps.tenants.models import Tenant


class TenantModelBackend(ModelBackend):
    """Authenticate by e-mail and password in a tenant, by default the active one."""

    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        *,
        email: str | None = None,
        tenant: Tenant | None = None,
        **kwargs: Any,
    ) -> AbstractBaseUser | None:
        """Return the active user with these credentials, or None.

        A failure always takes one password hash, so that timing does not reveal which users exist.
        """
        tenant = tenant or get_active_tenant()
        email = email if username is None else username
        if tenant is None or email is None or password is None:
            return None
        with tenant_context(tenant):
            return self._authenticate(email, password)

    def get_user(self, user_id: Any) -> Any:
        """Return the active user with this id in the active tenant."""
        user = get_user_model()._default_manager.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def _authenticate(self, email: str, password: str) -> AbstractBaseUser | None:
        user_model = get_user_model()
        try:
            user = user_model._default_manager.get_by_natural_key(email)
        except user_model.DoesNotExist:
            user_model().set_password(password)  # takes as long as a wrong password
            return None
        if not user.check_password(password) or not self.user_can_authenticate(user):
            return None
        return user
