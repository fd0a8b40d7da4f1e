"""The contestants at the scale of a run."""

from __future__ import annotations

from argparse import Namespace

from bench.contestants import Contestant, Ours
from bench.peer import Bare, Peer
from bench.rounds import say
from bench.tenants import DjangoTenants


def galleria(options: Namespace, name: str = "ours", **differences: object) -> Ours:
    return Ours(name, "Galleria", options.shops, options.products, **differences)


def plain(options: Namespace, **differences: object) -> Peer:
    title = "Django REST framework"
    return Peer("drf", title, options.shops, options.products, **differences)


def everyone(options: Namespace) -> list[Contestant]:
    scale = options.shops, options.products
    return [
        plain(options),
        Peer("granian", "Django REST framework on granian", *scale, is_on_granian=True),
        DjangoTenants("tenants", "django-tenants", *scale),
        Peer("multitenant", "django-multitenant", *scale, folder="multitenant", with_tenant=True),
        Peer("scopes", "django-scopes", *scale, folder="scopes", with_tenant=True),
        Bare("bare", "WSGI and SQL", *scale),
        galleria(options),
    ]


def prepared(contestants: list[Contestant]) -> list[Contestant]:
    """Prepare the contestants, and return them."""
    for contestant in contestants:
        say(f"preparing {contestant.title}: {contestant.database}")
        contestant.prepare()
    return contestants
