"""Every way of writing rows that Django's ORM has."""

from __future__ import annotations

from tests.isolation.operations.registry import operation
from tests.isolation.scene import Scene, unique_key


@operation()
def update(scene: Scene) -> None:
    scene.rows.filter(pk=scene.their.pk).update(**{scene.text: "harmed"})


@operation()
def update_all(scene: Scene) -> None:
    scene.rows.update(**{scene.text: "harmed"})


@operation()
def update_to_take_over(scene: Scene) -> None:
    mine = {"tenant": scene.shop.pk, **scene.references_of(scene.our)}
    scene.rows.filter(pk=scene.their.pk).update(**mine)


@operation()
def update_to_give_away(scene: Scene) -> None:
    not_mine = {"tenant": scene.other.pk, **scene.references_of(scene.their)}
    scene.rows.filter(pk=scene.our.pk).update(**not_mine)


@operation()
def delete(scene: Scene) -> None:
    scene.rows.filter(pk=scene.their.pk).delete()


@operation()
def delete_instance(scene: Scene) -> None:
    scene.their.delete()


@operation()
def save(scene: Scene) -> None:
    setattr(scene.their, scene.text, "harmed")
    scene.their.save()


@operation()
def save_update_fields(scene: Scene) -> None:
    setattr(scene.their, scene.text, "harmed")
    scene.their.save(update_fields=[scene.text])


@operation()
def save_force_update_as_ours(scene: Scene) -> None:
    setattr(scene.their, scene.text, "harmed")
    scene.move(scene.their, scene.our)
    scene.their.save(force_update=True)


@operation()
def save_ours_as_theirs(scene: Scene) -> None:
    scene.move(scene.our, scene.their)
    scene.our.save()


@operation()
def save_new(scene: Scene) -> None:
    scene.new(scene.their, tenant_id=scene.other.pk).save(using=scene.alias)


@operation()
def create(scene: Scene) -> None:
    row = scene.new(scene.their)
    key = {name: getattr(row, name) for name in scene.key}
    scene.rows.create(**scene.values(row), **key, tenant_id=scene.other.pk)


@operation()
def bulk_create(scene: Scene) -> None:
    scene.rows.bulk_create([scene.new(scene.their, tenant_id=scene.other.pk)])


# The row is ours and only its id is theirs: only PostgreSQL knows before it writes.
@operation(is_stopped_by_orm=False)
def bulk_create_over_their_id(scene: Scene) -> None:
    row = scene.new(scene.our, id=scene.their.pk, tenant_id=scene.shop.pk, **{scene.text: "harmed"})
    scene.rows.bulk_create(
        [row], update_conflicts=True, unique_fields=["id"], update_fields=[scene.text]
    )


@operation()
def bulk_update(scene: Scene) -> None:
    setattr(scene.their, scene.text, "harmed")
    scene.rows.bulk_update([scene.their], [scene.text])


@operation(applies_to=unique_key)
def get_or_create(scene: Scene) -> object:
    key = {name: getattr(scene.their, name) for name in scene.key}
    found, _ = scene.rows.get_or_create(**key, defaults=scene.values(scene.our))
    return found == scene.their


@operation(applies_to=unique_key)
def update_or_create(scene: Scene) -> object:
    key = {name: getattr(scene.their, name) for name in scene.key}
    found, _ = scene.rows.update_or_create(
        **key, defaults={scene.text: "harmed"}, create_defaults=scene.values(scene.our)
    )
    return found == scene.their
