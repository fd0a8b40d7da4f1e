"""The schema, the page that displays it, and the probes, on both kinds of host."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from apps.api.docs import _generate, openapi_documents
from tests.apps.api.assertions import FIELDS
from tests.apps.users.factories import PASSWORD
from tests.load.parallel import in_parallel
from tests.surface import SITES, documented_operations, resolved

METHODS = {"get", "put", "post", "patch", "delete"}
HOSTS = list(SITES)


@pytest.fixture
def on(platform, acme_client):
    return {"platform": platform, "shop": acme_client}.__getitem__


@pytest.fixture
def schema(on):
    return lambda host: on(host).get("/api/schema/", HTTP_ACCEPT="application/json").json()


@pytest.mark.parametrize("host", HOSTS)
def test_schema_is_openapi_3_1_with_every_operation(schema, host):
    document = schema(host)
    assert document["openapi"].startswith("3.1.")
    found = {
        (method, re.sub(r"\{\w+\}", "{pk}", path))
        for path, item in document["paths"].items()
        for method in METHODS & set(item)
    }
    assert found
    assert found == {
        (method, re.sub(r"\{\w+\}", "{pk}", path)) for method, path in documented_operations(host)
    }


@pytest.mark.parametrize("host", HOSTS)
def test_schema_is_public_yaml_too(on, host):
    response = on(host).get("/api/schema/")
    assert response.status_code == 200
    assert response.content.startswith(b"openapi: 3.1.")


@pytest.mark.parametrize("host", HOSTS)
def test_operation_ids_are_unique(schema, host):
    ids = [op["operationId"] for item in schema(host)["paths"].values() for op in item.values()]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("host", HOSTS)
def test_every_documented_error_is_a_problem(schema, host):
    document = schema(host)
    for item in document["paths"].values():
        for operation in item.values():
            errors = [answer for code, answer in operation["responses"].items() if code >= "400"]
            assert errors
            for answer in errors:
                (content,) = answer["content"].items()
                assert content[0] == "application/problem+json"
                assert set(resolved(document, content[1]["schema"])["properties"]) >= FIELDS


@pytest.mark.parametrize("host", HOSTS)
def test_schema_contains_no_tenant_and_no_internal_host(on, host):
    text = on(host).get("/api/schema/").content.decode()
    assert [
        word for word in ("tenant_id", ".localhost", "localhost:", "acme") if word in text.lower()
    ] == []


def documented(document, method, path, status):
    answer = document["paths"][path][method]["responses"][status]
    return resolved(document, answer["content"]["application/json"]["schema"])


def test_responses_have_the_documented_fields(schema, platform, acme_client, owner):
    client = acme_client.as_(owner)
    shop = {
        "code": "pear",
        "name": "Pear",
        "owner": {"email": "a@pear.example", "password": PASSWORD, "first_name": "Kim"},
    }
    user = {"email": "new@acme.example", "password": PASSWORD}
    login = {"email": owner.email, "password": PASSWORD}
    product = {"name": "Cup", "code": "cup"}
    answers = {
        ("platform", "post", "/api/shops/", "201"): platform.post("/api/shops/", shop),
        ("platform", "get", "/api/shops/availability/", "200"): platform.get(
            "/api/shops/availability/", {"code": "x"}
        ),
        ("shop", "get", "/api/shop/", "200"): client.get("/api/shop/"),
        ("shop", "patch", "/api/shop/", "200"): client.patch("/api/shop/", {"name": "x"}),
        ("shop", "post", "/api/auth/login/", "200"): client.post("/api/auth/login/", login),
        ("shop", "get", "/api/auth/me/", "200"): client.get("/api/auth/me/"),
        ("shop", "post", "/api/users/", "201"): client.post("/api/users/", user),
        ("shop", "get", "/api/users/", "200"): client.get("/api/users/"),
        ("shop", "get", "/api/users/{id}/", "200"): client.get(f"/api/users/{owner.pk}/"),
        ("shop", "post", "/api/products/", "201"): client.post("/api/products/", product),
        ("shop", "get", "/api/products/", "200"): client.get("/api/products/"),
    }
    for (host, method, path, status), answer in answers.items():
        assert answer.status_code == int(status)
        fields = set(documented(schema(host), method, path, status)["properties"])
        assert (path, set(answer.json())) == (path, fields)


@pytest.mark.parametrize("host", HOSTS)
def test_only_the_first_request_generates_a_document(on, host, monkeypatch):
    on(host).get("/api/schema/")

    def generate(*args, **kwargs):
        pytest.fail("It is generated again.")

    monkeypatch.setattr(SchemaGenerator, "get_schema", generate)
    for renderer in SpectacularAPIView.renderer_classes:
        monkeypatch.setattr(renderer, "render", generate)
    answers = [
        on(host).get("/api/schema/", HTTP_ACCEPT=renderer.media_type)
        for renderer in SpectacularAPIView.renderer_classes
    ]

    assert [answer["Content-Type"] for answer in answers] == [
        renderer.media_type for renderer in SpectacularAPIView.renderer_classes
    ]


@pytest.fixture
def fresh_process():
    """Have the documents generated again, as in a process that has just started."""
    _generate.cache_clear()


@pytest.mark.usefixtures("fresh_process")
def test_concurrent_first_requests_generate_a_document_once(monkeypatch):
    generated = []
    get_schema = SchemaGenerator.get_schema

    def generate(self, **kwargs):
        generated.append(self)
        return get_schema(self, **kwargs)

    monkeypatch.setattr(SchemaGenerator, "get_schema", generate)
    documents = in_parallel(5, lambda _: openapi_documents(settings.SHOP_URLCONF))

    assert len(generated) == 1
    assert all(document is documents[0] for document in documents)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("query", ["?lang=de", "?version=2&format=json", ""])
@pytest.mark.usefixtures("fresh_process")
def test_first_request_does_not_choose_the_language(on, host, query):
    client = on(host)
    first = client.get(f"/api/schema/{query}", HTTP_ACCEPT_LANGUAGE="de")

    assert first.status_code == 200
    document = client.get("/api/schema/").content.decode()
    assert "search term" in document or host == "platform"
    assert "Suchbegriff" not in document + first.content.decode()


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("query", ["version=2", "version=x%0Ay", "version=", "lang=de"])
def test_no_query_changes_the_schema(on, host, query):
    plain = on(host).get("/api/schema/")
    assert on(host).get(f"/api/schema/?{query}").content == plain.content


def test_password_is_documented_for_writing_only(schema):
    document = schema("shop")
    answer = documented(document, "post", "/api/users/", "201")
    assert "password" not in answer["properties"]
    body = document["paths"]["/api/users/"]["post"]["requestBody"]["content"]["application/json"]
    assert "password" in resolved(document, body["schema"])["properties"]


@pytest.mark.parametrize("host", HOSTS)
def test_page_loads_nothing_from_other_hosts(on, host):
    response = on(host).get("/api/docs/")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    page = response.content.decode()
    assert re.findall(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}""", page, re.IGNORECASE) == []
    script = on(host).get("/api/docs/?script=").content.decode()
    assert 'url: "/api/schema/"' in script


@pytest.mark.parametrize("host", HOSTS)
def test_assets_of_the_page_are_served_locally(on, host):
    page = on(host).get("/api/docs/").content.decode()
    links = re.findall(r"""<(?:script|link|img)\b[^>]*?(?:src|href)="([^"]+)\"""", page)
    assert {Path(urlsplit(link).path).suffix for link in links} >= {".js", ".css"}
    for link in links:
        assert link.startswith("/")
        response = on(host).get(link)
        assert response.status_code == 200
        assert len(b"".join(response)) > 100


@pytest.mark.parametrize("path", ["/static/nope.js", "/static/../manage.py", "/static/"])
def test_other_files_are_not_served(on, path):
    assert on("shop").get(path).status_code == 404


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probe_returns_200(on, host, path):
    response = on(host).get(path)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert on(host).head(path).status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
@pytest.mark.parametrize("host", ["www.localhost", "api.localhost", "acme.localhost:1"])
def test_probe_responds_on_every_host(acme_client, path, host):
    assert acme_client.get(path, HTTP_HOST=host).status_code == 200


def test_liveness_probe_needs_no_query(platform):
    with CaptureQueriesContext(connection) as captured:
        platform.get("/livez")
    assert captured.captured_queries == []


def test_readiness_probe_queries_the_database(platform):
    with CaptureQueriesContext(connection) as captured:
        platform.get("/readyz")
    assert captured.captured_queries
