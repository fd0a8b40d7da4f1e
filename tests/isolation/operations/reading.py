"""Every way of reading rows that Django's ORM has."""

from __future__ import annotations

import json

from asgiref.sync import async_to_sync
from django.db import models, transaction

from tests.isolation.fixtures import Fixtures, has_text, references, referrers
from tests.isolation.operations.table import operation


@operation()
def list_all(fixtures: Fixtures) -> object:
    return fixtures.their in list(fixtures.rows.all())


@operation()
def get(fixtures: Fixtures) -> object:
    return fixtures.rows.get(pk=fixtures.their.pk)


@operation()
def get_asynchronously(fixtures: Fixtures) -> object:
    return async_to_sync(fixtures.rows.aget)(pk=fixtures.their.pk)


@operation()
def filter_by_id(fixtures: Fixtures) -> object:
    return list(fixtures.rows.filter(pk=fixtures.their.pk))


@operation()
def filter_by_tenant(fixtures: Fixtures) -> object:
    return list(fixtures.rows.filter(tenant_id=fixtures.other.pk))


@operation()
def t_filter(fixtures: Fixtures) -> object:
    # Only our managers have it; Django's own is what it stands for.
    method = getattr(fixtures.rows, "t_filter", fixtures.rows.filter)
    return list(method(tenant=fixtures.other.pk, pk=fixtures.their.pk))


@operation()
def filter_with_or(fixtures: Fixtures) -> object:
    either = models.Q(pk=fixtures.our.pk) | models.Q(pk=fixtures.their.pk)
    return fixtures.their in list(fixtures.rows.filter(either))


@operation()
def combine_with_or(fixtures: Fixtures) -> object:
    return fixtures.their in list(
        fixtures.rows.none() | fixtures.rows.filter(tenant_id=fixtures.other.pk)
    )


@operation()
def exclude_ours(fixtures: Fixtures) -> object:
    return list(fixtures.rows.exclude(tenant_id=fixtures.shop.pk))


@operation()
def exists(fixtures: Fixtures) -> object:
    return fixtures.rows.filter(pk=fixtures.their.pk).exists()


@operation()
def contains(fixtures: Fixtures) -> object:
    return fixtures.rows.contains(fixtures.their)


@operation()
def count(fixtures: Fixtures) -> object:
    return fixtures.rows.count() > len(fixtures.ours)


@operation()
def aggregate(fixtures: Fixtures) -> object:
    return fixtures.rows.aggregate(n=models.Count("pk"))["n"] > len(fixtures.ours)


@operation()
def annotate(fixtures: Fixtures) -> object:
    groups = fixtures.rows.values("tenant").annotate(n=models.Count("pk"))
    return any(group["tenant"] == fixtures.other.pk for group in groups)


@operation()
def union(fixtures: Fixtures) -> object:
    return fixtures.their in fixtures.rows.filter(pk=fixtures.our.pk).union(
        fixtures.rows.filter(pk=fixtures.their.pk)
    )


@operation()
def intersection(fixtures: Fixtures) -> object:
    return list(fixtures.rows.filter(pk=fixtures.their.pk).intersection(fixtures.rows.all()))


@operation()
def difference(fixtures: Fixtures) -> object:
    return list(fixtures.rows.all().difference(fixtures.rows.filter(tenant_id=fixtures.shop.pk)))


@operation()
def sub_query(fixtures: Fixtures) -> object:
    theirs = fixtures.rows.filter(pk=fixtures.their.pk)
    return list(fixtures.rows.filter(pk__in=theirs.values("pk")))


@operation()
def sub_query_in_annotation(fixtures: Fixtures) -> object:
    theirs = fixtures.rows.filter(pk=fixtures.their.pk).values(fixtures.text)
    return fixtures.rows.annotate(seen=models.Subquery(theirs)).filter(seen__isnull=False).exists()


@operation()
def sub_query_in_exists(fixtures: Fixtures) -> object:
    theirs = fixtures.rows.filter(pk=fixtures.their.pk)
    return fixtures.rows.filter(models.Exists(theirs)).exists()


@operation()
def values(fixtures: Fixtures) -> object:
    return {"pk": fixtures.their.pk} in list(fixtures.rows.values("pk"))


@operation()
def values_list(fixtures: Fixtures) -> object:
    return fixtures.their.pk in fixtures.rows.values_list("pk", flat=True)


@operation()
def distinct(fixtures: Fixtures) -> object:
    return fixtures.other.pk in fixtures.rows.values_list("tenant", flat=True).distinct()


@operation()
def only(fixtures: Fixtures) -> object:
    return fixtures.their in list(fixtures.rows.only("pk"))


@operation()
def iterator(fixtures: Fixtures) -> object:
    return fixtures.their in list(fixtures.rows.iterator(chunk_size=1))


@operation()
def in_bulk(fixtures: Fixtures) -> object:
    return fixtures.rows.in_bulk([fixtures.their.pk])


@operation()
def first(fixtures: Fixtures) -> object:
    return fixtures.rows.order_by("-pk").first() == fixtures.their


@operation()
def last(fixtures: Fixtures) -> object:
    return fixtures.rows.order_by("pk").last() == fixtures.their


@operation()
def latest(fixtures: Fixtures) -> object:
    return fixtures.rows.latest("pk") == fixtures.their


@operation()
def slice_of_all(fixtures: Fixtures) -> object:
    return fixtures.their in fixtures.rows.order_by("-pk")[:1]


@operation()
def explain(fixtures: Fixtures) -> object:
    plan = fixtures.rows.filter(pk=fixtures.their.pk).explain(format="json", analyze=True)
    return json.loads(plan)[0]["Plan"]["Actual Rows"] > 0


@operation()
def select_for_update(fixtures: Fixtures) -> object:
    with transaction.atomic(using=fixtures.alias):
        return list(fixtures.rows.select_for_update().filter(pk=fixtures.their.pk))


@operation(applies_to=has_text)
def refresh_from_db(fixtures: Fixtures) -> object:
    setattr(fixtures.their, fixtures.text, "unseen")
    fixtures.their.refresh_from_db()
    return getattr(fixtures.their, fixtures.text) != "unseen"


@operation(applies_to=references)
def follow_reference(fixtures: Fixtures) -> object:
    seen = []
    for field in references(fixtures.model):
        setattr(fixtures.our, field.attname, getattr(fixtures.their, field.attname))
        seen.append(getattr(fixtures.our, field.name))
    return seen


@operation(applies_to=referrers)
def follow_reference_back(fixtures: Fixtures) -> object:
    accessors = [relation.get_accessor_name() for relation in referrers(fixtures.model)]
    return [row for name in accessors for row in getattr(fixtures.theirs[0], name).all()]
