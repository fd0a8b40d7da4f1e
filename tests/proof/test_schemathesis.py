"""Every response matches the OpenAPI documents, for all roles."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace

import pytest
from django.conf import settings
from schemathesis import failure_codes as checks

from apps.users.models import Role
from tests.processes import manage, new_folder, serving
from tests.proof.openapi.run import UNHURRIED, fuzz
from tests.report import publish
from tests.surface import document_of

EXAMPLES = 200
SHOPPERS = ["", *Role.values]
CHECKS = 13  # all that schemathesis has for REST, but the one that needs a second user


@pytest.fixture(scope="module")
def server():
    with new_folder() as folder, serving(folder, **UNHURRIED) as running:
        yield running


def open_shop(server, role: str) -> str:
    """Open a shop for one role alone: what an owner deletes, staff would miss."""
    code = f"fuzzed-by-{role or 'anonymous'}"
    done = manage(
        *("create_shop", code, "Fuzzed", "first@shop.example"),
        DATA_DIR=server.data_dir,
        OWNER_PASSWORD="wheel-and-slow-clay",
    )
    assert done.returncode == 0, done.stderr
    return code


def test_documents_hold_for_all_roles(server):
    shops = {role: open_shop(server, role) for role in SHOPPERS}
    with ThreadPoolExecutor(2) as both_cores:
        pending = [
            both_cores.submit(fuzz, server, role, examples=EXAMPLES, shop=shop)
            for role, shop in shops.items()
        ]
        pending.append(both_cores.submit(fuzz, server, "", examples=EXAMPLES))
        runs = [run.result() for run in pending]
    publish(
        "proof",
        "schemathesis",
        [
            "document",
            "as",
            "operations",
            "with a 2xx",
            "requests made up",
            "checks",
            "waived",
            "failures",
            "seconds",
        ],
        [
            [
                *(run.document, run.role, run.operations, len(run.succeeded)),
                *(run.cases, CHECKS, run.waived, len(run.failures), round(run.seconds)),
            ]
            for run in runs
        ],
        summary=f"{sum(run.cases for run in runs):,} requests, "
        f"{sum(len(run.failures) for run in runs)} failures",
    )
    assert "Traceback" not in server.output
    documented = [
        documented_operations(urlconf)
        for urlconf in (settings.SHOP_URLCONF, settings.PLATFORM_URLCONF)
    ]
    assert [run.operations for run in runs] == [documented[0]] * len(SHOPPERS) + [documented[1]]
    # Being refused everywhere is no failure in the eyes of any check.
    [owner] = [run for run in runs if run.role == "owner"]
    assert len(owner.succeeded) == owner.operations
    assert not any(run.failures for run in runs), "\n".join(
        f"As {run.role}: {run.output}" for run in runs if run.failures
    )


# --- The control: a server that is wrong in several ways ---------------------------------------


def documented_operations(urlconf):
    return sum(len(item) for item in document_of(urlconf)["paths"].values())


NUMBER = {"name": "number", "in": "query", "required": True, "schema": {"type": "integer"}}
PROMISED = {"type": "object", "required": ["answer"], "properties": {"answer": {"type": "string"}}}
ANSWERS = {"200": {"description": "", "content": {"application/json": {"schema": PROMISED}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Wrong", "version": "1"},
    "paths": {
        f"/{wrong}": {
            "get": {
                "parameters": [NUMBER],
                "responses": ANSWERS,
                **({"security": [{"token": []}]} if wrong == "open" else {}),
            }
        }
        for wrong in ("broken", "undocumented", "mistyped", "gullible", "prudish", "open")
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}
STATUSES = {"broken": 500, "undocumented": 418, "prudish": 400}


class WrongHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        wrong = self.path.strip("/").partition("?")[0]
        document = (
            DOCUMENT if wrong == "openapi.json" else {"answer": 1 if wrong == "mistyped" else ""}
        )
        body = json.dumps(document).encode()
        self.send_response(STATUSES.get(wrong, 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def findings(server):
    with ThreadingHTTPServer(("127.0.0.1", 0), WrongHandler) as wrong:
        Thread(target=wrong.serve_forever).start()
        where = SimpleNamespace(port=wrong.server_port, data_dir=server.data_dir)
        url = f"http://127.0.0.1:{wrong.server_port}/openapi.json"
        yield fuzz(where, "", examples=5, url=url)
        wrong.shutdown()


@pytest.mark.parametrize(
    "failure",
    [
        checks.ServerError,
        checks.UndefinedStatusCode,
        checks.JsonSchemaError,
        checks.AcceptedNegativeData,
        checks.RejectedPositiveData,
        checks.IgnoredAuth,
    ],
)
def test_control_wrong_server_is_detected(findings, failure):
    assert failure.code in findings.failures, findings.output
