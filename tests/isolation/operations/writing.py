"""Every way of writing rows that Django's ORM has."""

from __future__ import annotations

from tests.isolation.fixtures import Fixtures, has_id, has_text, unique_key
from tests.isolation.operations.table import operation


@operation()
def update(fixtures: Fixtures) -> None:
    fixtures.rows.filter(pk=fixtures.their.pk).update(**{fixtures.text: fixtures.changed})


@operation(applies_to=has_text)
def update_all(fixtures: Fixtures) -> None:
    fixtures.rows.update(**{fixtures.text: fixtures.changed})


@operation()
def update_to_take_over(fixtures: Fixtures) -> None:
    mine = {"tenant": fixtures.shop.pk, **fixtures.references_of(fixtures.our)}
    fixtures.rows.filter(pk=fixtures.their.pk).update(**mine)


@operation()
def update_to_give_away(fixtures: Fixtures) -> None:
    not_mine = {"tenant": fixtures.other.pk, **fixtures.references_of(fixtures.their)}
    fixtures.rows.filter(pk=fixtures.our.pk).update(**not_mine)


@operation()
def delete(fixtures: Fixtures) -> None:
    fixtures.rows.filter(pk=fixtures.their.pk).delete()


@operation()
def delete_instance(fixtures: Fixtures) -> None:
    fixtures.their.delete()


@operation(applies_to=has_text)
def save(fixtures: Fixtures) -> None:
    setattr(fixtures.their, fixtures.text, fixtures.changed)
    fixtures.their.save()


@operation(applies_to=has_text)
def save_update_fields(fixtures: Fixtures) -> None:
    setattr(fixtures.their, fixtures.text, fixtures.changed)
    fixtures.their.save(update_fields=[fixtures.text])


# A key that starts with the tenant would be another row's after the move.
@operation(applies_to=has_id)
def save_force_update_as_ours(fixtures: Fixtures) -> None:
    setattr(fixtures.their, fixtures.text, fixtures.changed)
    fixtures.move(fixtures.their, fixtures.our)
    fixtures.their.save(force_update=True)


@operation()
def save_ours_as_theirs(fixtures: Fixtures) -> None:
    fixtures.move(fixtures.our, fixtures.their)
    fixtures.our.save()


@operation()
def save_new(fixtures: Fixtures) -> None:
    fixtures.new(fixtures.their, tenant_id=fixtures.other.pk).save(using=fixtures.alias)


@operation()
def create(fixtures: Fixtures) -> None:
    row = fixtures.new(fixtures.their)
    key = {name: getattr(row, name) for name in fixtures.key}
    fixtures.rows.create(**fixtures.values(row), **key, tenant_id=fixtures.other.pk)


@operation()
def bulk_create(fixtures: Fixtures) -> None:
    fixtures.rows.bulk_create([fixtures.new(fixtures.their, tenant_id=fixtures.other.pk)])


# The row is ours and only its id is theirs: only PostgreSQL knows before it writes.
@operation(applies_to=has_id, is_stopped_by_orm=False)
def bulk_create_over_their_id(fixtures: Fixtures) -> None:
    row = fixtures.new(
        fixtures.our,
        id=fixtures.their.pk,
        tenant_id=fixtures.shop.pk,
        **{fixtures.text: fixtures.changed},
    )
    fixtures.rows.bulk_create(
        [row], update_conflicts=True, unique_fields=["id"], update_fields=[fixtures.text]
    )


@operation(applies_to=has_text)
def bulk_update(fixtures: Fixtures) -> None:
    setattr(fixtures.their, fixtures.text, fixtures.changed)
    fixtures.rows.bulk_update([fixtures.their], [fixtures.text])


@operation(applies_to=unique_key)
def get_or_create(fixtures: Fixtures) -> object:
    key = {name: getattr(fixtures.their, name) for name in fixtures.key}
    found, _ = fixtures.rows.get_or_create(**key, defaults=fixtures.values(fixtures.our))
    return found == fixtures.their


@operation(applies_to=unique_key)
def update_or_create(fixtures: Fixtures) -> object:
    key = {name: getattr(fixtures.their, name) for name in fixtures.key}
    found, _ = fixtures.rows.update_or_create(
        **key,
        defaults={fixtures.text: fixtures.changed},
        create_defaults=fixtures.values(fixtures.our),
    )
    return found == fixtures.their
