from __future__ import annotations

from uuid import UUID

from django.conf import settings

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import EmailToken, User


def issue_handoff(tenant_id: UUID | str) -> str:
    """Return the secret with which the owner of a new shop enters its host, once."""
    with tenant_context(Tenant.objects.get(pk=tenant_id)):
        owner = User.objects.active_owners().get()
        _, secret = EmailToken.objects.issue(
            EmailToken.Purpose.HANDOFF,
            owner.email,
            lifetime=settings.HANDOFF_LIFETIME,
            user=owner,
        )
    return secret
