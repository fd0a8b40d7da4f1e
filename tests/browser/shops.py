"""Shops of a real server, filled over HTTP: the ORM does not work beside Playwright's loop."""

from __future__ import annotations

import json
import time
from http.client import HTTPConnection
from typing import Any

from tests.processes import ROOT, Server, until

PICTURE = ROOT / "docs/examples/tea-bowl.jpg"
#: A file with a product, a refused row and a column that is ignored.
CSV = b"Handle,Title,Variant Price,Mood\ncup,Cup,5.00,good\npot,,much,bad\n"
#: Seconds for which a token is used; it is valid for longer.
TOKEN_SECONDS = 300
#: A name without a place to break it.
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
SHIRT: dict[str, Any] = {
    "name": "Linen shirt",
    "code": "linen-shirt",
    "status": "active",
    "vendor": "Weavers",
    "product_type": "Clothes",
    "description": "<p>Woven in one piece.</p><ul><li>Linen</li><li>Washable</li></ul>",
    "options": [
        {"name": "Size", "values": ["Small", "Large"]},
        {"name": "Colour", "values": ["Red", "Blue"]},
    ],
    "variants": [
        {
            "options": {"Size": "Small", "Colour": "Red"},
            "price": 4900,
            "compare_at_price": 6900,
            "stock": 3,
        },
        {"options": {"Size": "Small", "Colour": "Blue"}, "price": 4900, "stock": 0},
        {"options": {"Size": "Large", "Colour": "Red"}, "price": 5900, "stock": 2, "sku": "L-R"},
    ],
}


class DemoShop:
    """A demo shop and its owner."""

    def __init__(self, server: Server, code: str) -> None:
        self.server = server
        self.host = f"{code}.localhost"
        self.url = f"http://{self.host}:{server.port}"
        self.email, self.password = server.demo_log_ins[self.host]
        self._token: dict[str, str] = {}
        self._renew_at = 0.0
        #: Of rows that pages are visited of, by their kinds.
        self.ids: dict[str, str] = {}

    @property
    def token(self) -> dict[str, str]:
        """The header of the logged-in owner, renewed before it expires."""
        if time.monotonic() >= self._renew_at:
            self._token = self.server.log_in(self.host, self.email, self.password)
            self._renew_at = time.monotonic() + TOKEN_SECONDS
        return self._token

    def change_look(self, **look: Any) -> None:
        self._send("PATCH", "/api/shop/storefront/", look, 200)

    def change_language(self, language: str) -> None:
        """Change the language of the shop, and wait until its pages have it."""
        self._send("PATCH", "/api/shop/", {"language": language}, 200)
        until(lambda: self.server.get(self.host, "/").headers["Content-Language"] == language)

    def add_product(self, body: Any) -> str:
        """Return the id of a new product."""
        return self._send("POST", "/api/products/", body, 201)["id"]

    def fill_collection(self, code: str, *products: str) -> str:
        """Put products into a collection, which is created if the shop has none with the code.

        Return its id.
        """
        found = self.server.get(self.host, f"/api/collections/?code={code}").json()["results"]
        body = {"name": code.title(), "code": code}
        collection = found[0] if found else self._send("POST", "/api/collections/", body, 201)
        path = f"/api/collections/{collection['id']}/products/"
        self._send("PUT", path, {"products": products}, 200)
        return str(collection["id"])

    def add_picture(self, product: str, content: bytes | None = None) -> str:
        """Upload a picture, and wait until it is rendered; return its id."""
        path = f"/api/products/{product}/images/"
        picture = self._upload(path, "picture.jpg", content or PICTURE.read_bytes(), 201)["id"]
        until(lambda: picture in self.server.get(self.host, path).body.decode())
        return str(picture)

    def try_import(self, content: bytes = CSV) -> str:
        """Let the shop try to import a file, and wait for the end; return the id of the import."""
        path = "/api/products/import/?dry_run=1"
        pk = self._upload(path, "cups.csv", content, 202)["id"]
        until(lambda: self._send("GET", f"/api/imports/{pk}/", None, 200)["status"] == "done")
        return str(pk)

    def _upload(self, path: str, name: str, content: bytes, status: int) -> Any:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        body = f"--x\r\n{head}\r\n\r\n".encode() + content + b"\r\n--x--\r\n"
        client = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Host": self.url.removeprefix("http://"), **self.token}
        form = {"Content-Type": "multipart/form-data; boundary=x"}
        client.request("POST", path, body, headers | form)
        response = client.getresponse()
        answer = response.read()
        client.close()
        assert response.status == status, answer
        return json.loads(answer)

    def _send(self, method: str, path: str, body: Any, status: int) -> Any:
        response = self.server.request(method, self.host, path, body, self.token)
        assert response.status == status, response.body
        return response.json()
