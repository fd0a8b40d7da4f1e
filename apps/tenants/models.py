from __future__ import annotations

from typing import Any, ClassVar

import uuid_utils.compat
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.tenants.constraints import RowLevelSecurity, TenantTableRowLevelSecurity
from apps.tenants.context import get_active_tenant_id, require_active_tenant
from apps.tenants.exceptions import CrossTenantWrite
from apps.tenants.managers import TenantManager, assign_active_tenant
from apps.tenants.validators import (
    LOOK_ALIKES,
    validate_code,
    validate_currency_form,
    validate_language,
    validate_name,
)


class Tenant(models.Model):
    """A shop. Its row is never deleted, so that its code is never reused."""

    class Status(models.TextChoices):
        OPEN = "open"
        SUSPENDED = "suspended"
        CLOSED = "closed"

    class WeightUnit(models.TextChoices):
        GRAM = "g", _("Gram")
        KILOGRAM = "kg", _("Kilogram")
        OUNCE = "oz", _("Ounce")
        POUND = "lb", _("Pound")

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    code = models.CharField(max_length=63, unique=True, validators=[validate_code])
    # The code_skeleton() of the code: the same for sh0p and shop, k1ln and kiln.
    code_skeleton = models.GeneratedField(
        expression=models.Func(
            models.F("code"), *map(models.Value, LOOK_ALIKES), function="translate"
        ),
        output_field=models.CharField(max_length=63),
        db_persist=True,
        unique=True,
    )
    name = models.CharField(max_length=100, validators=[validate_name])
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    # ISO 4217. Prices are integers in its minor unit, so another currency needs new prices.
    currency = models.CharField(max_length=3, default="EUR", validators=[validate_currency_form])
    # The language of the storefront, as a tag of BCP 47.
    language = models.CharField(max_length=10, default="en", validators=[validate_language])
    weight_unit = models.CharField(
        max_length=2, choices=WeightUnit.choices, default=WeightUnit.KILOGRAM
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # The origins allowed to call this shop's API by CORS.
    storefront_origins = ArrayField(
        models.CharField(max_length=255), default=list, blank=True, size=20
    )
    # The base of links in mails, independent of any request.
    canonical_url = models.CharField(max_length=200, editable=False)
    # The time when the owner's e-mail address was confirmed; the shop sends few mails before.
    confirmed_at = models.DateTimeField(null=True, editable=False)

    #: The columns that the application's role may update; the operator changes the others.
    updatable_columns = (
        "name",
        "currency",
        "language",
        "weight_unit",
        "storefront_origins",
        "confirmed_at",
    )

    class Meta:
        db_table = "tenants"
        constraints = [TenantTableRowLevelSecurity(name="tenants_access")]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and not self.canonical_url:
            self.canonical_url = self.new_url
        super().save(*args, **kwargs)

    @property
    def new_url(self) -> str:
        """The canonical URL under the present settings."""
        return f"{settings.SITE_SCHEME}://{self.hostname}{settings.SITE_PORT}/"

    @property
    def hostname(self) -> str:
        """The shop's hostname, without a port."""
        return f"{self.code}.{settings.BASE_DOMAIN}"


def tenant_key(*, db_constraint: bool = True) -> Any:
    """Return the foreign key of a TenantOwnedModel to its tenant.

    It needs no constraint in the database where a required TenantForeignKey implies one: each takes
    PostgreSQL a look-up for every new row.
    """
    return models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        default=get_active_tenant_id,
        editable=False,
        db_index=False,  # other indexes start with it
        db_constraint=db_constraint,
        related_name="+",
    )


class TenantOwnedModel(models.Model):
    """A row of one tenant: read, written and referred to only while that tenant is active.

    A model that defines Meta inherits this one's and extends its constraints::

        class Meta(TenantOwnedModel.Meta):
            constraints = [*TenantOwnedModel.Meta.constraints, ...]
    """

    id = models.UUIDField(primary_key=True, default=uuid_utils.compat.uuid7, editable=False)
    tenant = tenant_key()

    objects: ClassVar[TenantManager] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            RowLevelSecurity(name="%(app_label)s_%(class)s_own_rows"),
            models.UniqueConstraint(
                fields=["tenant", "id"], name="%(app_label)s_%(class)s_tenant_id"
            ),
        ]

    def _save_table(self, *args: Any, **kwargs: Any) -> bool:
        # Fixtures bypass save() and this class's save_base(), but not this method.
        assign_active_tenant(self)
        return super()._save_table(*args, **kwargs)  # type: ignore[misc]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        # Django deletes an instance by its primary key, bypassing the manager.
        if self.tenant_id != require_active_tenant().pk:
            raise CrossTenantWrite(
                f"This {self._meta.verbose_name} is not a row of the active tenant."
            )
        return super().delete(*args, **kwargs)
