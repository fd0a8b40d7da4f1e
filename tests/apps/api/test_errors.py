"""Every error is problem+json, wherever it is raised."""

import pytest
from django.test import override_settings

from apps.tenants.context import get_active_tenant
from tests.apps.api.assertions import client_problem, problem
from tests.pairs import spread
from tests.surface import SITES, operations, plain_paths, takes_form

UNKNOWN = [
    "/nope",
    "/api/",
    "/api/nope/",
    "/api/users/x/y/",
    "/wp-admin/",
    "/%00",
    "/%ff",
    "/..%2f",
]
EVERY_PATH = [(site, path) for site in SITES for path in plain_paths(site)]
ONE_PATH_EACH = [(site, plain_paths(site)[-1]) for site in SITES]


@pytest.fixture
def on(platform, acme_client, owner):
    """Return the client for a kind of host; at the shop it is the owner's."""
    return {"platform": platform, "shop": acme_client.as_(owner)}.__getitem__


@pytest.mark.parametrize(
    ("path", "host"),
    spread(
        [*UNKNOWN, "/" + "x" * 5_000, "/api/products/" + "9" * 5_000 + "/"], ["shop", "platform"]
    ),
)
def test_unknown_path_is_404(on, path, host):
    body = problem(on(host).get(path), 404)
    assert len(str(body)) < 500


@pytest.mark.parametrize(
    ("method", "host"),
    spread(["POST", "PUT", "DELETE", "TRACE", "FOO", "OPTIONS"], ["shop", "platform"]),
)
def test_unknown_path_is_404_by_any_method(on, host, method):
    problem(on(host).generic(method, "/api/nope/"), 404)


@pytest.mark.parametrize(
    ("method", "place"), spread(["FOO", "TRACE", "CONNECT", "PROPFIND", "TRACK"], ONE_PATH_EACH)
)
def test_unknown_method_is_405(on, method, place):
    host, path = place
    response = on(host).generic(method, path)
    problem(response, 405)
    assert response.headers["Allow"]


@pytest.mark.parametrize(("host", "path"), EVERY_PATH)
def test_options_is_not_a_server_error(on, host, path):
    response = on(host).options(path)
    if response.status_code != 302:  # to the log-in
        assert response.status_code in {200, 405}
        assert response.headers["Allow"]


@pytest.mark.parametrize(("host", "path"), EVERY_PATH)
def test_method_of_other_endpoints_is_405(on, host, path):
    found = [operation for operation in operations(host) if operation.path == path]
    declared = {op.method for op in found} | {"post" for op in found if takes_form(op.view)}
    others = {"get", "post", "put", "patch", "delete"} - declared
    assert declared
    for method in others:
        response = on(host).generic(method.upper(), path, b"{}", content_type="application/json")
        if response.status_code != 302:  # to the log-in
            problem(response, 405)
            assert method.upper() not in response.headers["Allow"]


@pytest.mark.parametrize("method", ["TRACE", "FOO"])
def test_detail_takes_no_other_method(on, owner, method):
    problem(on("shop").generic(method, f"/api/users/{owner.pk}/"), 405)


def test_method_override_header_is_ignored(on, owner):
    response = on("shop").post(
        f"/api/users/{owner.pk}/", {"_method": "DELETE"}, HTTP_X_HTTP_METHOD_OVERRIDE="DELETE"
    )
    problem(response, 405)


@pytest.mark.parametrize(
    ("accept", "path"),
    spread(
        ["text/html", "application/xml", "image/png", "text/csv;q=1"],
        ["/api/products/", "/api/users/", "/api/shop/", "/api/auth/me/"],
    ),
)
def test_json_is_returned_for_any_accept(on, path, accept):
    response = on("shop").get(path, HTTP_ACCEPT=accept)

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize("accept", ["application/problem+json", "text/html"])
def test_empty_response_is_returned_for_any_accept(on, owner, accept):
    response = on("shop").post("/api/auth/logout/", HTTP_ACCEPT=accept)

    assert (response.status_code, response.content) == (204, b"")


def test_response_has_a_content_length(on):
    for path, status in {"/api/products/": 200, "/api/nothing/": 404, "/livez": 200}.items():
        response = on("shop").get(path)
        assert (response.status_code, int(response["Content-Length"])) == (
            status,
            len(response.content),
        )


@pytest.mark.parametrize(
    "accept",
    ["garbage", "/", "*", "", ",,,", "*/*;q=abc", ";" * 8_000, "a/b," * 2_000, "é/ü", "\x00"],
)
def test_malformed_accept_is_not_a_server_error(on, accept):
    response = on("shop").get("/api/products/", HTTP_ACCEPT=accept)
    if response.status_code != 200:
        client_problem(response)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/html,*/*;q=0.8"])
def test_problem_is_json_for_any_accept(on, accept):
    paths = [path for path in UNKNOWN if path.startswith("/api/")]
    assert paths
    for path in paths:
        problem(on("shop").get(path, HTTP_ACCEPT=accept), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/users/"),
        ("POST", "/api/users/"),
        ("GET", "/api/auth/me/"),
        ("POST", "/api/products/"),
        ("PATCH", "/api/shop/"),
    ],
)
def test_missing_token_is_401_with_www_authenticate(acme_client, method, path):
    body = problem(acme_client.generic(method, path, b"{}", content_type="application/json"), 401)
    assert "errors" not in body


def test_path_without_its_slash_is_not_a_server_error(on):
    for method in ("GET", "POST", "PATCH"):
        response = on("shop").generic(method, "/api/users", b"{}", content_type="application/json")
        if response.status_code not in {301, 308}:
            problem(response, 404)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_HOST": "globex.localhost"},
        {"HTTP_X_TENANT_ID": "globex"},
        {"HTTP_TENANT_CODE": "globex"},
        {"HTTP_X_FORWARDED_FOR": "\x00" * 50},
        {"HTTP_COOKIE": "sessionid=x; csrftoken=y;;;=;" * 100},
        {"HTTP_REFERER": "\x00"},
        {"HTTP_IF_MODIFIED_SINCE": "yesterday"},
        {"HTTP_RANGE": "bytes=-1-2,5-"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_unusual_header_changes_nothing(on, globex, headers):
    assert on("shop").get("/api/shop/", **headers).json()["code"] == "acme"


@pytest.fixture
def failing():
    """Add failing views to the URLs of shops."""
    with override_settings(SHOP_URLCONF="tests.apps.api.urls_failing", DEBUG=False):
        yield


@pytest.mark.parametrize("path", ["/fails/", "/api/fails/", "/api/fails/rendering/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unhandled_exception_is_500_without_a_trace(failing, on, path, method):
    client = on("shop")
    client.raise_request_exception = False
    body = problem(client.generic(method, path, b"{}", content_type="application/json"), 500)
    text = str(body)
    assert [word for word in ("Traceback", "RuntimeError", "secret", ".py") if word in text] == []
    assert get_active_tenant() is None


def test_exception_leaves_no_tenant_to_the_next_request(failing, on, globex, globex_client):
    client = on("shop")
    client.raise_request_exception = False
    for _ in range(3):
        assert client.get("/api/fails/").status_code == 500
        assert get_active_tenant() is None
        assert globex_client.get("/api/shop/").json()["id"] == str(globex.pk)
        assert client.get("/api/shop/").json()["code"] == "acme"


def test_exception_of_a_write_keeps_nothing_of_its_transaction(failing, on, acme):
    client = on("shop")
    client.raise_request_exception = False
    assert client.post("/api/fails/atomic/").status_code == 500
    assert [row["role"] for row in client.get("/api/users/").json()["results"]] == ["owner"]


@pytest.mark.parametrize(
    ("raised", "prefix"),
    spread(
        [
            ("Http404", 404),
            ("PermissionDenied", 403),
            ("SuspiciousOperation", 400),
            ("OperationalError", 503),
            ("TooManyFieldsSent", 400),
            ("RecursionError", 500),
            ("KeyError", 500),
            ("NoActiveTenant", 500),
        ],
        ["/api/raises/", "/raises/"],
    ),
)
def test_exception_has_its_status_in_any_view(failing, on, raised, prefix):
    name, status = raised
    client = on("shop")
    client.raise_request_exception = False
    body = problem(client.get(f"{prefix}{name}/"), status)
    assert "secret" not in str(body)
