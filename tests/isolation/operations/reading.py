"""Every way of reading rows that Django's ORM has."""

from __future__ import annotations

import json

from asgiref.sync import async_to_sync
from django.db import models, transaction

from tests.isolation.operations.registry import operation
from tests.isolation.scene import Scene, references, referrers


@operation()
def list_all(scene: Scene) -> object:
    return scene.their in list(scene.rows.all())


@operation()
def get(scene: Scene) -> object:
    return scene.rows.get(pk=scene.their.pk)


@operation()
def get_asynchronously(scene: Scene) -> object:
    return async_to_sync(scene.rows.aget)(pk=scene.their.pk)


@operation()
def filter_by_id(scene: Scene) -> object:
    return list(scene.rows.filter(pk=scene.their.pk))


@operation()
def filter_by_tenant(scene: Scene) -> object:
    return list(scene.rows.filter(tenant_id=scene.other.pk))


@operation()
def t_filter(scene: Scene) -> object:
    # Only our managers have it; Django's own is what it stands for.
    method = getattr(scene.rows, "t_filter", scene.rows.filter)
    return list(method(tenant=scene.other.pk, pk=scene.their.pk))


@operation()
def filter_with_or(scene: Scene) -> object:
    either = models.Q(pk=scene.our.pk) | models.Q(pk=scene.their.pk)
    return scene.their in list(scene.rows.filter(either))


@operation()
def combine_with_or(scene: Scene) -> object:
    return scene.their in list(scene.rows.none() | scene.rows.filter(tenant_id=scene.other.pk))


@operation()
def exclude_ours(scene: Scene) -> object:
    return list(scene.rows.exclude(tenant_id=scene.shop.pk))


@operation()
def exists(scene: Scene) -> object:
    return scene.rows.filter(pk=scene.their.pk).exists()


@operation()
def contains(scene: Scene) -> object:
    return scene.rows.contains(scene.their)


@operation()
def count(scene: Scene) -> object:
    return scene.rows.count() > len(scene.ours)


@operation()
def aggregate(scene: Scene) -> object:
    return scene.rows.aggregate(n=models.Count("pk"))["n"] > len(scene.ours)


@operation()
def annotate(scene: Scene) -> object:
    groups = scene.rows.values("tenant").annotate(n=models.Count("pk"))
    return any(group["tenant"] == scene.other.pk for group in groups)


@operation()
def union(scene: Scene) -> object:
    return scene.their in scene.rows.filter(pk=scene.our.pk).union(
        scene.rows.filter(pk=scene.their.pk)
    )


@operation()
def intersection(scene: Scene) -> object:
    return list(scene.rows.filter(pk=scene.their.pk).intersection(scene.rows.all()))


@operation()
def difference(scene: Scene) -> object:
    return list(scene.rows.all().difference(scene.rows.filter(tenant_id=scene.shop.pk)))


@operation()
def sub_query(scene: Scene) -> object:
    theirs = scene.rows.filter(pk=scene.their.pk)
    return list(scene.rows.filter(pk__in=theirs.values("pk")))


@operation()
def sub_query_in_annotation(scene: Scene) -> object:
    theirs = scene.rows.filter(pk=scene.their.pk).values(scene.text)
    return scene.rows.annotate(seen=models.Subquery(theirs)).filter(seen__isnull=False).exists()


@operation()
def sub_query_in_exists(scene: Scene) -> object:
    theirs = scene.rows.filter(pk=scene.their.pk)
    return scene.rows.filter(models.Exists(theirs)).exists()


@operation()
def values(scene: Scene) -> object:
    return {"pk": scene.their.pk} in list(scene.rows.values("pk"))


@operation()
def values_list(scene: Scene) -> object:
    return scene.their.pk in scene.rows.values_list("pk", flat=True)


@operation()
def distinct(scene: Scene) -> object:
    return scene.other.pk in scene.rows.values_list("tenant", flat=True).distinct()


@operation()
def only(scene: Scene) -> object:
    return scene.their in list(scene.rows.only("pk"))


@operation()
def iterator(scene: Scene) -> object:
    return scene.their in list(scene.rows.iterator(chunk_size=1))


@operation()
def in_bulk(scene: Scene) -> object:
    return scene.rows.in_bulk([scene.their.pk])


@operation()
def first(scene: Scene) -> object:
    return scene.rows.order_by("-pk").first() == scene.their


@operation()
def last(scene: Scene) -> object:
    return scene.rows.order_by("pk").last() == scene.their


@operation()
def latest(scene: Scene) -> object:
    return scene.rows.latest("pk") == scene.their


@operation()
def slice_of_all(scene: Scene) -> object:
    return scene.their in scene.rows.order_by("-pk")[:1]


@operation()
def explain(scene: Scene) -> object:
    plan = scene.rows.filter(pk=scene.their.pk).explain(format="json", analyze=True)
    return json.loads(plan)[0]["Plan"]["Actual Rows"] > 0


@operation()
def select_for_update(scene: Scene) -> object:
    with transaction.atomic(using=scene.alias):
        return list(scene.rows.select_for_update().filter(pk=scene.their.pk))


@operation()
def refresh_from_db(scene: Scene) -> object:
    setattr(scene.their, scene.text, "unseen")
    scene.their.refresh_from_db()
    return getattr(scene.their, scene.text) != "unseen"


@operation(applies_to=references)
def follow_reference(scene: Scene) -> object:
    seen = []
    for field in references(scene.model):
        setattr(scene.our, field.attname, getattr(scene.their, field.attname))
        seen.append(getattr(scene.our, field.name))
    return seen


@operation(applies_to=referrers)
def follow_reference_back(scene: Scene) -> object:
    accessors = [relation.get_accessor_name() for relation in referrers(scene.model)]
    return [row for name in accessors for row in getattr(scene.theirs[0], name).all()]
