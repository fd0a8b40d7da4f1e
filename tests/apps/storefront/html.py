"""The elements of a page, as a browser's parser finds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse

VOID = {"meta", "link", "img", "input", "br", "hr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def __iter__(self) -> Iterator[Element]:
        """Yield this element and all below it, in the order of the source."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def text(self) -> str:
        return " ".join(self._raw_text().split())

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements with a tag and attributes; `_` ends a name that Python reserves."""
        wanted = {name.removesuffix("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self
            if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        [element] = self.all(tag, **attributes)
        return element

    def with_class(self, name: str) -> list[Element]:
        return [element for element in self if name in element.classes]

    def links(self) -> list[str]:
        return [element["href"] for element in self.all("a")]

    def _raw_text(self) -> str:
        parts = (c if isinstance(c, str) else c._raw_text() for c in self.children)
        return "".join(parts)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> does not close the last element."

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(source: str) -> Element:
    """Return the root of the elements; fail unless they are nested properly."""
    parser = _Parser()
    parser.feed(source)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root


def page_of(response: HttpResponse, status: int = 200) -> Element:
    assert response.status_code == status, response.content[:500]
    assert response["Content-Type"] == "text/html; charset=utf-8"
    return parse(response.content.decode())


def names_of(page: Element) -> list[str]:
    """Return the names on the cards of products, in their order."""
    return [card.one("h3").text for card in page.with_class("card")]


def json_ld_of(page: Element) -> dict[str, Any]:
    return json.loads(page.one("script", type="application/ld+json")._raw_text())
