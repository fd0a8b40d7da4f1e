"""Calls of the API's views by pages: one set of rules, permissions and audit events for both."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict

from apps.api.throttles import quotas_of
from auth_backends.authentication import BrowserSessionAuthentication

#: The HTTP methods of the actions of a view set.
_METHODS: Final = {
    "list": "get",
    "retrieve": "get",
    "create": "post",
    "partial_update": "patch",
    "bulk_update": "patch",
    "replace": "put",
    "destroy": "delete",
}
_ERROR: Final = 400
#: Data of a call that passes the files of the request on.
UPLOAD: Final = object()


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
    def code(self) -> str:
        """The code of the problem, "" if there is none."""
        return "" if self.is_ok else str((self.data or {}).get("code", ""))

    @property
    def is_ok(self) -> bool:
        return self.status < _ERROR


def call(
    request: HttpRequest,
    view: Any,
    action: str,
    *,
    data: Any = None,
    query: Mapping[str, str] | None = None,
    etag: str = "",
    **kwargs: Any,
) -> Answer:
    """Return the answer of a view of the API for the browser's session.

    `view` is a class such as `ProductViewSet` with one of its actions, or a plain view with a
    method of HTTP. `data` is sent as JSON; UPLOAD passes the files of the request on. `query`
    replaces the query of the request, and `etag` is sent as If-Match.
    """
    method = _METHODS.get(action, action)
    inner: Any = copy.copy(request) if data is UPLOAD else _with_body(request, method, data)
    if query is not None:
        inner.GET = QueryDict(urlencode(query))
    if etag:
        inner.META = inner.META | {"HTTP_IF_MATCH": etag}
    return _answer(respond(inner, view, action, **kwargs))


def respond(request: HttpRequest, view: Any, action: str, **kwargs: Any) -> HttpResponse:
    """Return the response of a view of the API itself to a request of the browser."""
    options: dict[str, Any] = {"authentication_classes": [BrowserSessionAuthentication]}
    is_set = hasattr(view, "get_extra_actions")
    actions = {_METHODS.get(action, action): action}
    function = view.as_view(actions, **options) if is_set else view.as_view(**options)
    response: HttpResponse = function(request, **kwargs)
    return response


def _with_body(request: HttpRequest, method: str, data: Any) -> Any:
    quotas_of(request)  # shared by both, so that the request is counted once
    inner: Any = copy.copy(request)
    body = b"" if data is None else json.dumps(data).encode()
    inner.method = method.upper()
    inner.META = request.META | {
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
    }
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
