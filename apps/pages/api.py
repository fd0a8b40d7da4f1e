"""Calls of the API's views by pages: one set of rules, permissions and audit events for both."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from apps.api.throttles import quotas_of
from auth_backends.authentication import BrowserSessionAuthentication

#: The HTTP methods of the actions of a view set.
_METHODS: Final = {
    "list": "get",
    "retrieve": "get",
    "create": "post",
    "partial_update": "patch",
    "bulk_update": "patch",
    "destroy": "delete",
}
_ERROR: Final = 400


@dataclass(frozen=True)
class Answer:
    """The response of a view of the API."""

    status: int
    data: Any
    #: The messages by the JSON pointer of the value that they are about, "" for the whole body.
    errors: dict[str, list[str]] = field(default_factory=dict)
    etag: str = ""
    cookies: Any = None

    @property
    def is_ok(self) -> bool:
        return self.status < _ERROR


def call(
    request: HttpRequest,
    view: Any,
    action: str,
    *,
    data: Any = None,
    is_upload: bool = False,
    headers: dict[str, str] | None = None,
    **kwargs: Any,
) -> Answer:
    """Return the answer of a view of the API for the browser's session.

    `view` is a class such as `ProductViewSet` with one of its actions, or a plain view with a
    method of HTTP. `data` is sent as JSON; for an upload, the request is passed on as it is.
    `headers` are set besides, by their names in META.
    """
    method = _METHODS.get(action, action)
    options: dict[str, Any] = {"authentication_classes": [BrowserSessionAuthentication]}
    is_set = hasattr(view, "get_extra_actions")
    function = view.as_view({method: action}, **options) if is_set else view.as_view(**options)
    inner = request if is_upload else _with_body(request, method, data, headers or {})
    return _answer(function(inner, **kwargs))


def _with_body(request: HttpRequest, method: str, data: Any, headers: dict[str, str]) -> Any:
    quotas_of(request)  # shared by both, so that the request is counted once
    inner: Any = copy.copy(request)
    body = b"" if data is None else json.dumps(data).encode()
    inner.method = method.upper()
    inner.META = request.META | headers
    inner.META |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    inner.__dict__.pop("headers", None)  # a cached property of META
    inner._body, inner._read_started = body, True
    return inner


def _answer(response: HttpResponse) -> Answer:
    data: Any = getattr(response, "data", None)
    if response.status_code >= _ERROR and response.content:
        problem = json.loads(response.content)
        errors: dict[str, list[str]] = {}
        for error in problem.get("errors", []):
            errors.setdefault(error["pointer"].removeprefix("/"), []).append(error["detail"])
        return Answer(response.status_code, problem, errors or {"": [problem["detail"]]})
    etag = response.headers.get("ETag", "")
    return Answer(response.status_code, data, etag=etag, cookies=response.cookies)
