"""Pages as a browser reads them: headings, forms with what they would send, and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse

_SENT_TYPES = {"checkbox", "radio"}
_NOT_SENT = {"submit", "button", "file", "image", "reset"}


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


class Page(HTMLParser):
    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {"h1": [], "title": [], "style": [], "script": []}
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.messages: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._textarea: list[str] | None = None
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in {"meta", "link", "input", "br", "img", "hr", "source"}:
            self._open.append((tag, given))
        match tag:
            case "form":
                self._form = Form(given.get("action", ""))
                self.forms.append(self._form)
                self.by_id[given.get("id", "")] = self._form
            case "input":
                self._input(given)
            case "select":
                self._select = (given["name"], [])
            case "option" if self._select:
                self._select[1].append((given["value"], "selected" in given))
            case "textarea":
                self._textarea = [given["name"], ""]
            case "button" if self._form and "name" in given:
                self._form.buttons.append((given["name"], given["value"]))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select and self._form:
            name, options = self._select
            chosen = [value for value, is_chosen in options if is_chosen] or [options[0][0]]
            self._form.fields.append((name, chosen[-1]))
        elif tag == "textarea" and self._textarea and self._form:
            name, text = self._textarea
            self._form.fields.append((name, text))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._textarea[1] += data
        tag = self._open[-1][0] if self._open else ""
        if tag in self.texts:
            self.texts[tag].append(data)
        classes = " ".join(attrs.get("class", "") for _, attrs in self._open).split()
        if data.strip() and {"error", "notice"} & set(classes):
            self.messages.append(data.strip())

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        form = self.by_id[given["form"]] if "form" in given else self._form
        if form is None or "name" not in given or kind in _NOT_SENT:
            return
        if kind not in _SENT_TYPES:
            form.fields.append((given["name"], given.get("value", "")))
        elif "checked" in given:
            form.fields.append((given["name"], given.get("value", "on")))

    def links(self) -> list[str]:
        return [attrs.get("href", "") for tag, attrs in self.tags if tag == "a"]

    def form_with(self, name: str) -> Form:
        """Return the first form that has a field or a button of this name."""
        return next(
            form for form in self.forms if name in {each for each, _ in form.fields + form.buttons}
        )
