"""Pages as a browser reads them: elements, forms with what they would send, and messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse

VOID = {"meta", "link", "img", "input", "br", "hr", "source"}
_SENT_TYPES = {"checkbox", "radio"}
_NOT_SENT = {"submit", "button", "file", "image", "reset"}


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


@dataclass
class Form:
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def values(self) -> dict[str, str]:
        return dict(self.fields)

    def filled(self, changes: dict[str, Any] | None = None, **button: str) -> dict[str, Any]:
        """Return what the form sends after `changes`, with the button `_do` if given."""
        values: dict[str, Any] = {}
        for name, value in self.fields:
            values.setdefault(name, []).append(value)
        return values | (changes or {}) | button


class Page:
    """The forms and the messages of a page, besides its elements."""

    def __init__(self, response: HttpResponse) -> None:
        self.root = parse(response.content.decode())
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.messages: list[str] = []
        self._read(self.root, None, is_message=False)

    @property
    def tags(self) -> list[tuple[str, dict[str, str]]]:
        return [(element.tag, element.attributes) for element in self.root]

    def texts(self, tag: str) -> list[str]:
        """Return the texts of the elements with a tag that have one."""
        return [element.text for element in self.root.all(tag) if element.text]

    def links(self) -> list[str]:
        return self.root.links()

    def form_with(self, name: str) -> Form:
        """Return the first form that has a field or a button of this name."""
        return next(
            form for form in self.forms if name in {each for each, _ in form.fields + form.buttons}
        )

    def _read(self, element: Element, form: Form | None, *, is_message: bool) -> None:
        given = element.attributes
        if element.tag == "form":
            form = self.by_id[given.get("id", "")] = Form(given.get("action", ""))
            self.forms.append(form)
        its_form = self.by_id[given["form"]] if "form" in given else form
        if its_form and "name" in given:
            its_form.fields += _sent_by(element)
            if element.tag == "button":
                its_form.buttons.append((given["name"], given["value"]))
        is_message = is_message or bool({"error", "notice"} & element.classes)
        for child in element.children:
            if isinstance(child, Element):
                self._read(child, form, is_message=is_message)
            elif is_message and child.strip():
                self.messages.append(child.strip())


def _sent_by(element: Element) -> list[tuple[str, str]]:
    """Return the name and the value that a form sends of an element, if it does."""
    name, given = element["name"], element.attributes
    match element.tag:
        case "textarea":
            return [(name, element._raw_text())]
        case "select":
            options = element.all("option")
            chosen = [option for option in options if "selected" in option.attributes]
            return [(name, (chosen or options[:1])[-1]["value"])]
        case "input" if given.get("type") in _SENT_TYPES:
            return [(name, given.get("value", "on"))] if "checked" in given else []
        case "input" if given.get("type") not in _NOT_SENT:
            return [(name, given.get("value", ""))]
    return []
