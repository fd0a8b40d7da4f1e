"""Downloads: which addresses are permitted, and what the transport does with redirects and DNS."""

import socket
import threading
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.files.storage import default_storage

from apps.products.images import fetching, files, jobs
from apps.products.images.exceptions import FetchingDisabled, ImageTooLarge, UnreachableImage
from apps.products.images.fetching import fetch, is_public
from apps.products.images.processing import render
from apps.products.models import Image
from tests.apps.products.factories import make_product
from tests.apps.products.images.pictures import picture


@pytest.mark.parametrize(
    ("address", "is_permitted"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("192.0.0.8", False),
        ("192.88.99.1", False),
    ],
)
def test_only_global_addresses_are_permitted(address, is_permitted):
    assert is_public(address, 443) is is_permitted


def test_only_the_ports_of_http_are_permitted():
    assert [is_public("93.184.216.34", port) for port in (80, 443, 22, 8080)] == [
        *(True, True, False, False)
    ]


class Site(BaseHTTPRequestHandler):
    responses: dict = {}

    def do_GET(self):
        status, headers, body = self.responses[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def serving(responses):
    site = type("Responses", (Site,), {"responses": responses})
    server = HTTPServer(("127.0.0.1", 0), site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _enabled(settings):
    settings.FETCH_IMAGES = True


@contextmanager
def fetched(port, path="/"):
    """Fetch from the test's site, which is the only permitted one."""
    with fetch(f"http://127.0.0.1:{port}{path}", is_permitted=permitting(port)) as file:
        yield file


def permitting(port):
    """The loopback, at the port of the test's site only."""
    return lambda address, asked: (address, asked) == ("127.0.0.1", port)


def test_operator_has_to_permit_it(settings):
    settings.FETCH_IMAGES = False

    with pytest.raises(FetchingDisabled), fetch("http://images.example/mug.jpg"):
        pass


def test_file_is_fetched_through_a_redirect():
    redirect = (302, {"Location": "/mug.jpg"}, b"")
    site = {"/a?b=c": redirect, "/mug.jpg": (200, {}, b"an image")}
    with serving(site) as port, fetched(port, "/a?b=c") as file:
        assert file.read() == b"an image"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/mug.jpg",
        "http://[::1]/mug.jpg",
        "http://2130706433/mug.jpg",
        "http://localhost/mug.jpg",
        "ftp://93.184.216.34/mug.jpg",
        "file:///etc/passwd",
        "http://user:secret@93.184.216.34/",
        "http://93.184.216.34:22/",
        "http://",
        "mug.jpg",
        "http://93.184.216.34:99999/",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(UnreachableImage), fetch(url):
        pass


def test_address_may_have_letters_beyond_ascii():
    site = {"/caf%C3%A9%20au%20lait.jpg?a=%C3%BC": (200, {}, b"an image")}
    with serving(site) as port, fetched(port, "/café au%20lait.jpg?a=ü") as file:
        assert file.read() == b"an image"


def test_download_is_repeated_after_an_interruption(in_acme, owner, monkeypatch):
    """The second attempt of the job finishes what the first has begun."""
    product = make_product(added_by=owner)
    renderings = [OSError("the disk is full")]

    def render_later(*args):
        if renderings:
            raise renderings.pop()
        return render(*args)

    monkeypatch.setattr(jobs, "render", render_later)
    with serving({"/": (200, {}, picture("JPEG"))}) as port:
        monkeypatch.setattr(jobs, "fetch", partial(fetch, is_permitted=permitting(port)))
        url = f"http://127.0.0.1:{port}/"
        image = Image.objects.create(product=product, position=0, source_url=url)
        with pytest.raises(OSError, match="full"):
            jobs.fetch_images.call([str(image.pk)])
        image.refresh_from_db()
        assert image.status == "pending"

        jobs.fetch_images.call([str(image.pk)])

    image.refresh_from_db()
    assert image.status == "ready"
    assert not default_storage.exists(files.upload_name(image.pk))


def test_redirect_to_a_refused_address_is_not_followed():
    with serving({"/secret": (200, {}, b"secret")}) as inside:
        location = {"Location": f"http://127.0.0.1:{inside}/secret"}
        with (
            serving({"/": (302, location, b"")}) as port,
            pytest.raises(UnreachableImage),
            fetched(port),
        ):
            pass


def test_redirects_end():
    with (
        serving({"/": (302, {"Location": "/"}, b"")}) as port,
        pytest.raises(UnreachableImage),
        fetched(port),
    ):
        pass


def test_name_is_resolved_once_for_a_request(monkeypatch):
    """A second answer of the DNS, which could be another, is never asked for."""
    asked, resolve = [], socket.getaddrinfo
    with serving({"/": (200, {}, b"an image")}) as port:

        def resolver(host, *args, **options):
            if host == "images.example":
                asked.append(host)
                host = "127.0.0.1"
            return resolve(host, *args, **options)

        monkeypatch.setattr(socket, "getaddrinfo", resolver)

        with fetch(f"http://images.example:{port}/", is_permitted=permitting(port)) as file:
            assert file.read() == b"an image"
    assert asked == ["images.example"]


def test_next_address_is_tried_if_the_first_is_down(monkeypatch):
    resolve = socket.getaddrinfo
    with serving({"/": (200, {}, b"an image")}) as port:

        def resolver(host, *args, **options):
            if host != "images.example":
                return resolve(host, *args, **options)
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in ("127.0.0.2", "127.0.0.1")  # where nothing listens, and the site
            ]

        monkeypatch.setattr(socket, "getaddrinfo", resolver)

        with fetch(
            f"http://images.example:{port}/", is_permitted=lambda _, asked: asked == port
        ) as file:
            assert file.read() == b"an image"


def test_large_file_is_refused_while_it_arrives(monkeypatch):
    monkeypatch.setattr(fetching, "MAX_BYTES", 1000)
    with (
        serving({"/": (200, {}, bytes(2000))}) as port,
        pytest.raises(ImageTooLarge),
        fetched(port),
    ):
        pass


def test_other_statuses_are_refused():
    with serving({"/": (404, {}, b"no")}) as port, pytest.raises(UnreachableImage), fetched(port):
        pass


def test_truncated_file_is_refused():
    site = {"/": (200, {"Content-Length": "1000"}, b"x")}
    with serving(site) as port, pytest.raises(UnreachableImage), fetched(port):
        pass


class Dripping(Site):
    """Sends its header a byte at a time, for twenty seconds."""

    def do_GET(self):
        for byte in b"HTTP/1.0 200 OK\r\nX: " + b"x" * 200:
            with suppress(OSError):
                self.wfile.write(bytes([byte]))
            if self.server.ended.wait(0.1):
                return


def test_slow_site_is_left_in_time(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    server = HTTPServer(("127.0.0.1", 0), Dripping)
    server.ended = threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with pytest.raises(UnreachableImage), fetched(server.server_port):
            pass
        assert not server.ended.is_set()
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
