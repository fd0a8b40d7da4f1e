from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from apps.api.problems import problem_response
from apps.jobs.models import JobTicket
from apps.tenants.isolation import find_violations

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]


def read_only(view: View) -> View:
    """Return 405 for every method except GET and HEAD."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        return problem_response(
            405,
            "method_not_allowed",
            "Only GET and HEAD are allowed.",
            headers={"Allow": "GET, HEAD"},
        )

    return wrapper


@read_only
def livez(request: HttpRequest) -> HttpResponse:
    """Return 200 without a query, to show that the process responds."""
    return _ok()


@read_only
def readyz(request: HttpRequest) -> HttpResponse:
    """Return 200 if the database is reachable, migrated and isolates tenants; otherwise 503.

    The body reports late jobs, for monitoring. They are no reason for a 503: the web processes
    can serve, and taking them out of rotation would not run a job.
    """
    jobs = "ok"
    try:
        problem = _readiness_problem()
        if not problem and JobTicket.objects.late().exists():
            jobs = "late"
    except Error:
        problem = "The database cannot be reached."
    if problem:
        return problem_response(503, "not_ready", problem, headers={"Retry-After": "1"})
    return _ok(jobs=jobs)


def _readiness_problem() -> str | None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "The database lacks migrations."
    if violations := find_violations():
        logger.error("The isolation of shops is violated: %s", " ".join(violations))
        return "The isolation of shops is violated."
    return None


def _ok(**details: str) -> HttpResponse:
    return JsonResponse({"status": "ok", **details}, headers={"Cache-Control": "no-store"})
