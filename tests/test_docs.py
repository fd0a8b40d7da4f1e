"""The documents tell the truth: commands run, tables are complete, links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import DATABASE, SUPERUSER
from tests.processes import DEADLINE, VARIABLES, environment, manage, new_folder, serving, until

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

_IDS = [str(document.relative_to(ROOT)) for document in DOCUMENTS]


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its rank."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_first_five_minutes_work_as_they_are_written(tmp_path):
    text = section(README, "The first five minutes")
    steps = blocks(text, "sh")
    expected = re.findall(r"\((\d{3})\):$", text, re.MULTILINE)
    assert len(steps) == len(expected) == 8
    shim = tmp_path / "bin" / "curl"
    shim.parent.mkdir()
    shim.write_text(
        f'#!/bin/sh\n{shutil.which("curl")} -D {tmp_path}/head "$@"\n'
        f"head -n 1 {tmp_path}/head | cut -d ' ' -f 2 >> {tmp_path}/statuses\n"
    )
    shim.chmod(0o755)

    with new_folder() as folder, serving(folder, JOB_WORKERS=1) as server:
        script = "set -euo pipefail\n" + "\n".join(steps).replace(
            "localhost:8000", f"localhost:{server.port}"
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=ROOT,
            env={**environment(), "PATH": f"{shim.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        until(lambda: len(server.get("kiln.localhost", "/api/products/").json()["results"]) == 4)
        [bowl] = server.get("kiln.localhost", "/api/products/?search=bowl").json()["results"]
        picture = server.get("kiln.localhost", urlsplit(bowl["image"]["urls"]["160"]).path)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "statuses").read_text().split() == expected
    assert '"url": "http://kiln.localhost:' in done.stdout
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/webp")
    assert '"role": "staff"' in done.stdout


def test_client_without_localhost_names_reaches_a_shop():
    text = section(README, "Without `*.localhost`")
    [command] = blocks(text, "sh")
    [names] = blocks(text, "hosts")
    address, *hosts = names.split()

    with new_folder() as folder, serving(folder) as server:
        named = subprocess.run(
            ["bash", "-c", command.replace(":8000", f":{server.port}")],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=True,
        )
        answers = [
            urllib.request.urlopen(
                urllib.request.Request(
                    f"http://{address}:{server.port}/livez",
                    headers={"Host": f"{host}:{server.port}"},
                )
            ).status
            for host in hosts
        ]

    assert json.loads(named.stdout)["code"] == "acme"
    assert answers == [200] * len(hosts)


def test_database_of_an_operator_is_made_as_it_is_written():
    statements, closings = blocks((ROOT / "docs/operations.md").read_text(), "sql")
    with new_folder() as folder:
        postgres = EmbeddedPostgres(folder)
        with postgres.running():
            with closing(psycopg2.connect(postgres.url(SUPERUSER))) as connection:
                connection.autocommit = True
                for statement in statements.strip().split("\n"):
                    connection.cursor().execute(statement)
            urls = {
                variable: postgres.url(SUPERUSER)
                .split("@")[1]
                .replace(f"/{DATABASE}?", f"postgres://{role}:{secret}@/shops?")
                for variable, role, secret in [
                    ("DATABASE_URL", "shops_app", "another%20secret"),
                    ("DATABASE_OWNER_URL", "shops_owner", "one%20secret"),
                ]
            }
            manage("migrate", DATA_DIR=folder, **urls)
            hinted = manage("audit_isolation", DATA_DIR=folder, DATABASE_URL=urls["DATABASE_URL"])
            superuser = postgres.url(SUPERUSER).replace(f"/{DATABASE}?", "/shops?")
            with closing(psycopg2.connect(superuser)) as connection, connection:
                connection.cursor().execute(closings)
            migrated = manage("migrate", DATA_DIR=folder, **urls)
            opened = manage(
                *("create_shop", "acme", "Acme Ceramics", "owner@acme.example"),
                DATA_DIR=folder,
                OWNER_PASSWORD="kiln and clay",
                **urls,
            )
            audited = manage("audit_isolation", DATA_DIR=folder, DATABASE_URL=urls["DATABASE_URL"])

    assert (migrated.returncode, migrated.stderr) == (0, "")
    assert opened.stdout == "Opened acme.localhost\n", opened.stderr
    assert (audited.returncode, audited.stderr) == (0, "")
    assert ("Hint: " in hinted.stdout, "Hint: " in audited.stdout) == (True, False)


def test_environment_table_is_complete():
    settings = (ROOT / "multitenant/settings.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|secret)\(\s*"(\w+)"', settings))
    table = set(re.findall(r"^\| `(\w+)` \|", section(README, "Environment"), re.MULTILINE))

    assert table == read


def test_processes_of_tests_inherit_no_variable_of_the_project():
    settings = (ROOT / "multitenant/settings.py").read_text()

    assert set(re.findall(r'(?:env\.\w+|secret)\(\s*"(\w+)"', settings)) <= VARIABLES


def test_checks_table_is_complete():
    modules = (ROOT / "apps/tenants").glob("*checks.py")
    checks = "".join(module.read_text() for module in modules)
    table = (ROOT / "docs/isolation.md").read_text()

    assert re.findall(r"^\| `(tenants\.\w+)` \|", table, re.MULTILINE) == sorted(
        set(re.findall(r'id="(tenants\.\w+)"', checks))
    )


def test_every_path_of_the_api_page_exists():
    rows = re.findall(
        r"^\| (platform|shop|every) \| (.*?) \|", (ROOT / "docs/api.md").read_text(), re.MULTILINE
    )
    missing = []
    for host, cell in rows:
        for path in re.findall(r"`(/\S+)`", cell):
            urls = "multitenant.urls" if host == "every" else f"multitenant.urls_{host}"
            try:
                resolve(path.replace("{id}", "some-id"), urls)
            except Resolver404:
                missing.append(path)

    assert len(rows) > 5
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_IDS)
def test_links_lead_somewhere(document):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = target.partition("#")
        if path.startswith("https:"):
            continue
        file = document.parent / path if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_IDS)
def test_commands_exist(document):
    known = set(get_commands())
    named = re.findall(r"manage\.py ([a-z]\w+)", document.read_text())

    assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_IDS)
def test_make_targets_exist(document):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:`|^)make ([\w-]+)", document.read_text(), re.MULTILINE)

    assert [name for name in named if name not in targets] == []


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
