from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from apps.users.normalization import normalize_email


class NormalizedEmailField(models.EmailField):
    """An e-mail address that is normalized on save and in lookups."""

    def to_python(self, value: Any) -> Any:
        return normalize_email(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        email = normalize_email(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, email)
        return email

    def get_prep_value(self, value: Any) -> Any:
        try:
            return self.to_python(value)
        except ValidationError:
            return value  # matches no row
