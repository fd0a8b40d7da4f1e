"""Every reference has the one index that PostgreSQL's checks and the reverse accessors need."""

from __future__ import annotations

import pytest
from django.db import models

from apps.tenants.fields import TenantForeignKey
from tests.isolation.fixtures import tenant_owned_models

REFERENCES = [
    pytest.param(model, field, id=f"{model.__name__}-{field.name}")
    for model in tenant_owned_models()
    for field in model._meta.local_fields
    if isinstance(field, TenantForeignKey)
]


@pytest.mark.parametrize(("model", "field"), REFERENCES)
def test_reference_has_an_index_of_its_own_only_without_a_composite_one(model, field):
    keys = [index.fields for index in model._meta.indexes] + [
        constraint.fields
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and not constraint.condition
    ]
    if model._meta.is_composite_pk:
        keys.append([key.name for key in model._meta.pk_fields])
    has_composite = any([*key[:2]] == ["tenant", field.name] for key in keys)

    assert field.db_index is not has_composite
