"""All that can be asked over HTTP: the URL confs, and what the OpenAPI documents add to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.urls import URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from apps.pages.views import PageView

#: What every host serves alike comes first.
SITES = {
    "shop": (settings.ROOT_URLCONF, settings.SHOP_URLCONF),
    "platform": (settings.ROOT_URLCONF, settings.PLATFORM_URLCONF),
}

#: Paths that the OpenAPI documents leave out, and why. They take no value from a client.
UNDOCUMENTED = {
    "/livez": "a probe",
    "/readyz": "a probe",
    "/.well-known/jwks.json": "public keys, as a JWK set",
    "/api/schema/": "the document itself",
    "/api/docs/": "the page that shows it",
    "/media/{digest}/{width}.webp": "an image of the shop, by its digest",
}

#: They come with GET and with every view, and no document names them.
IMPLIED = {"head", "options"}


@dataclass(frozen=True)
class Slot:
    """A place for a value in a request. In a body its name is a JSON pointer, less the first /."""

    where: str
    name: str
    is_required: bool = True
    schema: dict[str, Any] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.where} {self.name}"


@dataclass(frozen=True)
class Operation:
    """A method of a path, the view behind it, and the slots that it is known to have."""

    site: str
    method: str
    path: str
    view: Any = field(compare=False)
    slots: tuple[Slot, ...] = ()
    body_type: str = ""
    takes_token: bool = False

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def slots_in(self, where: str) -> list[Slot]:
        return [slot for slot in self.slots if slot.where == where]

    @property
    def writes(self) -> bool:
        return self.method not in {"get", "head", "options"}

    @property
    def takes_json(self) -> bool:
        return self.body_type in {"", "application/json"}


@cache
def operations(site: str) -> tuple[Operation, ...]:
    """Return every operation of a kind of host."""
    return tuple(found for urlconf in SITES[site] for found in operations_of(urlconf, site))


@cache
def operations_of(urlconf: str, site: str) -> tuple[Operation, ...]:
    document = document_of(urlconf)
    return tuple(
        _operation(document, site, method, path, view)
        for path, view in routes_of(urlconf)
        for method in methods_of(view)
    )


def plain_paths(site: str) -> list[str]:
    """Return the paths of a kind of host that are written without a value."""
    return list(dict.fromkeys(op.path for op in operations(site) if "{" not in op.path))


def documented_operations(site: str) -> set[tuple[str, str]]:
    """Return the methods and paths of a kind of host that its document has to name."""
    return {
        (op.method, op.path)
        for op in operations(site)
        if op.path not in UNDOCUMENTED and not is_page(op.view) and op.method not in IMPLIED
    }


def disagreements(urlconf: str) -> list[str]:
    """Say what is in the URL conf and not in its document, or the other way round."""
    routed = {
        (method, _shape(path))
        for path, view in routes_of(urlconf)
        for method in methods_of(view)
        if method not in IMPLIED and path not in UNDOCUMENTED and not is_page(view)
    }
    documented = {
        (method, _shape(path))
        for path, item in document_of(urlconf).get("paths", {}).items()
        for method in item
    }
    return [
        *(f"{method.upper()} {path} is in no document" for method, path in routed - documented),
        *(f"{method.upper()} {path} leads to no view" for method, path in documented - routed),
    ]


def is_page(view: Any) -> bool:
    return issubclass(getattr(view, "view_class", object), PageView)


def takes_form(view: Any) -> bool:
    return is_page(view) and hasattr(view.view_class, "post")


def routes_of(urlconf: str) -> Iterator[tuple[str, Any]]:
    """Yield the path and the view of each pattern, values in braces: `/api/users/{pk}/`."""
    for regex, view in _patterns(get_resolver(urlconf)):
        yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", simplify_regex(regex)), view


def methods_of(view: Any) -> list[str]:
    """Return the methods that a view answers to; one that is a function only reads."""
    actions = getattr(view, "actions", None)
    if actions is not None:
        return [*actions, *(["head"] if "get" in actions else []), "options"]
    declared = getattr(view, "view_class", None)
    if declared is None:
        return ["get", "head"]
    # The forms of pages go to views of the API; tests/apps/pages tests who may send them.
    unlisted = {"post"} if is_page(view) else set()
    names = [name for name in declared.http_method_names if name not in unlisted]
    allowed = [name for name in names if hasattr(declared, name)]
    return [*allowed, *(["head"] if "get" in allowed and "head" not in allowed else [])]


@cache
def document_of(urlconf: str) -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator(urlconf=urlconf).get_schema(public=True)
    return document


def _patterns(resolver: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, path)
        else:
            yield path, pattern.callback


def _operation(document: dict[str, Any], site: str, method: str, path: str, view: Any) -> Operation:
    # HEAD takes what GET does; OPTIONS takes the path alone.
    described = _described(document, "get" if method == "head" else method, path)
    names = re.findall(r"\{(\w+)\}", path)
    documented = [
        Slot(p["in"], p["name"], p.get("required", False), p.get("schema", {}))
        for p in described.get("parameters", [])
        if p["in"] != "path"
    ]
    bodies = described.get("requestBody", {}).get("content", {})
    body_type = next(iter(bodies), "")
    slots = [
        *(Slot("path", name) for name in names),
        *documented,
        *_body_slots(document, bodies.get(body_type, {}).get("schema", {}), is_required=True),
    ]
    return Operation(
        site=site,
        method=method,
        path=path,
        view=view,
        slots=tuple(slots),
        body_type=body_type,
        takes_token=bool(getattr(getattr(view, "cls", None), "authentication_classes", ())),
    )


def _described(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    for documented, item in document.get("paths", {}).items():
        if _shape(documented) == _shape(path):
            found: dict[str, Any] = item.get(method, {})
            return found
    return {}


def _shape(path: str) -> str:
    """Return a path without the names of its values, which documents choose for themselves."""
    return re.sub(r"\{\w+\}", "{}", path)


def _body_slots(
    document: dict[str, Any], schema: dict[str, Any], *, is_required: bool, pointer: str = ""
) -> Iterator[Slot]:
    """Yield the leaves of a body; of each list its first entry."""
    schema = resolved(document, schema)
    if "properties" in schema:
        required = schema.get("required", [])
        for name, below in schema["properties"].items():
            yield from _body_slots(
                document,
                below,
                is_required=is_required and name in required,
                pointer=f"{pointer}/{name}".lstrip("/"),
            )
    elif "items" in schema:
        inner = f"{pointer}/0".lstrip("/")
        yield from _body_slots(document, schema["items"], is_required=is_required, pointer=inner)
    elif schema:
        yield Slot("body", pointer, is_required, schema)


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without its references."""
    if len(schema.get("allOf", ())) == 1:
        schema = schema["allOf"][0]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
