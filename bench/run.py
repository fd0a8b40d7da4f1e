"""The command line: what is measured, how long, and at which scale."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence

from django.conf import settings

from bench.contestants import Bare, Contestant, Ours, Peer
from bench.database import SERVER_SETTINGS, ensure_peer_role
from bench.figures import Figures
from bench.rounds import Cell, run_cycles, say
from bench.scenarios import PAGES, PRODUCT_LIST, PUBLIC
from bench.tenants import DjangoTenants

DOCUMENT_FIGURES = "docs/figures/performance.json"


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--shops", type=int, default=1_000)
    parser.add_argument("--products", type=int, default=100, help="of each shop")
    parser.add_argument("--seconds", type=int, default=3, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=[*PARTS], help=",".join(PARTS)
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.only) - set(PARTS):
        parser.error(f"unknown: {', '.join(unknown)}")
    return options


def main() -> None:
    options = parse()
    figures = Figures(about=vars(options).copy())
    say(f"seed {options.seed}")
    with settings.EMBEDDED_POSTGRES.running(settings=SERVER_SETTINGS):
        ensure_peer_role()
        read(options, figures)
    print_rounds(figures)


def ours(options: argparse.Namespace) -> Contestant:
    return Ours("ours", "Galleria", options.shops, options.products)


def contestants(options: argparse.Namespace) -> list[Contestant]:
    scale = options.shops, options.products
    return [
        Peer("drf", "Django REST framework", *scale),
        Peer("granian", "Django REST framework on granian", *scale, is_on_granian=True),
        DjangoTenants("tenants", "django-tenants", *scale),
        Peer("multitenant", "django-multitenant", *scale, folder="multitenant", with_tenant=True),
        Peer("scopes", "django-scopes", *scale, folder="scopes", with_tenant=True),
        Bare("bare", "WSGI and SQL", *scale),
        ours(options),
    ]


def read(options: argparse.Namespace, figures: Figures) -> None:
    """Measure what does not change the databases, beside the list of the base."""
    everyone = contestants(options)
    for contestant in everyone:
        say(f"preparing {contestant.title}")
        contestant.prepare()
    base, galleria = everyone[0], everyone[-1]
    cells: list[Cell] = [(each, PRODUCT_LIST) for each in everyone if "list" in options.only]
    cells = cells or [(base, PRODUCT_LIST)]
    for part, scenarios in (("public", PUBLIC), ("pages", PAGES)):
        if part in options.only:
            cells += [(galleria, scenario) for scenario in scenarios]
    chance = random.Random(options.seed)
    run_cycles(cells, figures, seconds=options.seconds, rounds=options.rounds, chance=chance)


def print_rounds(figures: Figures) -> None:
    for scenario, contestants_ in figures.rounds.items():
        for name in contestants_:
            print(scenario, name, figures.ratio(scenario, name), contestants_[name][-1])


PARTS: dict[str, Callable[..., None]] = {"list": read, "public": read, "pages": read}
