from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.utils import truncate_name

from apps.tenants.constraints import TenantReference
from apps.tenants.exceptions import CrossTenantWrite

LONGEST_NAME = 63  # PostgreSQL's limit for an identifier, in bytes

if TYPE_CHECKING:
    _ForeignKey = models.ForeignKey[Any, Any]
else:
    _ForeignKey = models.ForeignKey


class TenantForeignKey(_ForeignKey):
    """A foreign key between tenant-owned models that cannot refer to another tenant's row.

    Takes the arguments of ForeignKey except `db_constraint`: it adds a TenantReference to the
    model instead of Django's single-column constraint.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if not cls._meta.abstract:
            models.signals.class_prepared.connect(self._add_reference, sender=cls)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """Raise CrossTenantWrite for a related object of another tenant."""
        if self.is_cached(model_instance):
            related: Any = self.get_cached_value(model_instance)
            if related is not None and related.tenant_id != model_instance.tenant_id:
                raise CrossTenantWrite(f"{self.name} is not a row of the active tenant.")
        return super().pre_save(model_instance, add)

    def _add_reference(self, sender: Any, **kwargs: Any) -> None:
        if sender.__module__ == "__fake__":
            return  # a migration's historical model: its operations add the constraint
        name = truncate_name(
            f"{sender._meta.app_label}_{sender._meta.model_name}_{self.name}_in_tenant",
            LONGEST_NAME,
        )
        constraints = sender._meta.constraints
        if all(constraint.name != name for constraint in constraints):
            sender._meta.constraints = [*constraints, TenantReference(field=self.name, name=name)]
