"""Uploads are written to the disk before they take a slot."""

import threading
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from apps.tenants.context import tenant_context
from middleware import spool_upload
from middleware.spool_upload import SpoolUploadMiddleware
from tests.apps.users.factories import make_tokens

PATH = "/api/products/import/"
FORM = "multipart/form-data; boundary=x"


pytestmark = pytest.mark.usefixtures("token")


@pytest.fixture
def token(acme, owner, monkeypatch):
    """A token of any shop, which requests of this module send."""
    with tenant_context(acme):
        monkeypatch.setattr(f"{__name__}.TOKEN", make_tokens(owner)["access"])


TOKEN = ""


def request(body=b"--x--", path=PATH, network="192.0.2.1", **headers):
    made = RequestFactory().post(
        path, body, content_type=FORM, HTTP_AUTHORIZATION=f"Bearer {TOKEN}", **headers
    )
    made.client = SimpleNamespace(network=network)
    return made


class Recorder:
    """A view that reads the body."""

    def __init__(self):
        self.bodies = []
        self.spooled = []

    def __call__(self, request):
        self.spooled.append(not hasattr(request._stream, "limit"))
        self.bodies.append(request.read())
        return HttpResponse("read")


def test_body_is_read_from_the_disk():
    view = Recorder()

    response = SpoolUploadMiddleware(view)(request(b"a file"))

    assert (response.status_code, view.bodies, view.spooled) == (200, [b"a file"], [True])


@pytest.mark.parametrize("change", ["path", "no token", "bad token", "type"])
def test_other_requests_are_left_alone(change):
    view = Recorder()
    made = request(path="/api/products/" if change == "path" else PATH)
    if change == "no token":
        del made.META["HTTP_AUTHORIZATION"]
    if change == "bad token":
        made.META["HTTP_AUTHORIZATION"] = "Bearer x"
    if change == "type":
        made.META["CONTENT_TYPE"] = "application/json"

    SpoolUploadMiddleware(view)(made)

    assert view.spooled == [False]


def test_body_over_the_limit_is_413_unread():
    made = request()
    made.META["CONTENT_LENGTH"] = "200000000"

    assert SpoolUploadMiddleware(Recorder())(made).status_code == 413


def test_slow_upload_is_408(monkeypatch):
    monkeypatch.setattr(spool_upload, "SECONDS", -1)
    monkeypatch.setattr(spool_upload, "BYTES_PER_SECOND", 10**9)

    assert SpoolUploadMiddleware(Recorder())(request()).status_code == 408


class Waiting(BytesIO):
    """A body that arrives when the test lets it."""

    arrived = threading.Event()

    def read(self, *args):
        self.arrived.wait(20)
        return super().read(*args)


def test_uploads_of_one_network_are_limited(monkeypatch):
    monkeypatch.setattr(spool_upload, "UPLOADS_OF_NETWORK", 1)
    middleware = SpoolUploadMiddleware(Recorder())
    slow = request(b"slow")
    slow._stream = Waiting(b"slow")
    thread = threading.Thread(target=middleware, args=[slow])
    thread.start()
    try:
        while not middleware._uploads.total():
            pass
        assert middleware(request()).status_code == 503
        assert middleware(request(network="198.51.100.1")).status_code == 200
    finally:
        Waiting.arrived.set()
        thread.join()
    assert middleware(request()).status_code == 200
