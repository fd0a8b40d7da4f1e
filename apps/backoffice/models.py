from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel
from apps.tenants.validators import validate_title

#: Views of one person.
MAX_VIEWS: Final = 20


class SavedView(TenantOwnedModel):
    """Filters of the list of products that a person has given a name."""

    user = TenantForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=60, validators=[validate_title])
    # The query of the page's address, such as `?status=draft&search=mug`.
    query = models.CharField(max_length=500)

    class Meta(TenantOwnedModel.Meta):
        db_table = "saved_views"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "user", "name"], name="backoffice_savedview_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name
