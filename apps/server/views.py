"""Probes, the same on every host."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from apps.api.problems import problem_response
from apps.tenants.audit import find_gaps

logger = logging.getLogger(__name__)


def livez(request: HttpRequest) -> HttpResponse:
    """Tell that the process answers; touches no database."""
    return _probe(request, {"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Tell whether requests can be served: database reached, migrated, and every wall standing."""
    try:
        problem = _reason_not_ready()
    except DatabaseError:
        problem = "The database cannot be reached."
    if problem:
        return problem_response(503, "not_ready", problem, headers={"Retry-After": "1"})
    return _probe(request, {"status": "ok"})


def _reason_not_ready() -> str | None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "The database lacks migrations."
    if gaps := find_gaps():
        logger.error("The walls have gaps: %s", " ".join(gaps))
        return "The walls between shops have gaps."
    return None


def _probe(request: HttpRequest, body: dict[str, str]) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return problem_response(
            405, "method_not_allowed", "Probes are read.", headers={"Allow": "GET, HEAD"}
        )
    return JsonResponse(body, headers={"Cache-Control": "no-store"})
