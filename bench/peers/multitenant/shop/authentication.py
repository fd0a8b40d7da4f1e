from __future__ import annotations

from django_multitenant.utils import set_current_tenant
from rest_framework_simplejwt.authentication import JWTAuthentication


class TenantJWTAuthentication(JWTAuthentication):
    """Set the tenant of the user, whom the library's middleware does not know: it has no token."""

    def get_user(self, validated_token):
        user = super().get_user(validated_token)
        set_current_tenant(user.tenant)
        return user
