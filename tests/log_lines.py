"""The console output of a process, formatted by LOGGING."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.module_loading import import_string

from multitenant import settings as project


class Lines:
    """A console that can be read."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        console = project.LOGGING["handlers"]["console"]
        self.handler = logging.StreamHandler(self.stream)
        for name in console["filters"]:
            self.handler.addFilter(import_string(project.LOGGING["filters"][name]["()"])())
        formatter = project.LOGGING["formatters"][console["formatter"]]
        self.handler.setFormatter(import_string(formatter["()"])())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def access(self) -> list[dict[str, Any]]:
        return [line for line in self.all if line["logger"] == "access"]


@contextmanager
def written_lines() -> Iterator[Lines]:
    """Collect the lines of the block, Django's about single requests among them."""
    written = Lines()
    root, requests = logging.getLogger(), logging.getLogger("django.request")
    levels = root.level, requests.level
    root.addHandler(written.handler)
    root.setLevel(logging.INFO)
    requests.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(written.handler)
        root.setLevel(levels[0])
        requests.setLevel(levels[1])
