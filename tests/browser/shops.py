"""Shops of a real server, filled over HTTP: the ORM does not work beside Playwright's loop."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.processes import ROOT, Server, until

PICTURE = ROOT / "docs/examples/tea-bowl.jpg"
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
        self.token = server.log_in(self.host, *server.demo_log_ins[self.host])

    def change_look(self, **look: Any) -> None:
        self._send("PATCH", "/api/shop/storefront/", look, 200)

    def change_language(self, language: str) -> None:
        """Change the language of the shop, and wait until its pages have it."""
        self._send("PATCH", "/api/shop/", {"language": language}, 200)
        until(lambda: self.server.get(self.host, "/").headers["Content-Language"] == language)

    def add_product(self, body: Any) -> str:
        """Return the id of a new product."""
        return self._send("POST", "/api/products/", body, 201)["id"]

    def fill_collection(self, code: str, *products: str) -> None:
        """Put products into a collection, which is created if the shop has none with the code."""
        found = self.server.get(self.host, f"/api/collections/?code={code}").json()["results"]
        body = {"name": code.title(), "code": code}
        collection = found[0] if found else self._send("POST", "/api/collections/", body, 201)
        path = f"/api/collections/{collection['id']}/products/"
        self._send("PUT", path, {"products": products}, 200)

    def add_picture(self, product: str, file: Path = PICTURE) -> None:
        """Upload a picture, and wait until it is rendered."""
        path = f"/api/products/{product}/images/"
        head = 'Content-Disposition: form-data; name="file"; filename="picture.jpg"'
        body = f"--x\r\n{head}\r\n\r\n".encode() + file.read_bytes() + b"\r\n--x--\r\n"
        client = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Host": self.url.removeprefix("http://"), **self.token}
        form = {"Content-Type": "multipart/form-data; boundary=x"}
        client.request("POST", path, body, headers | form)
        assert client.getresponse().status == 201
        client.close()
        until(lambda: self.server.get(self.host, path).json()["results"])

    def _send(self, method: str, path: str, body: Any, status: int) -> Any:
        response = self.server.request(method, self.host, path, body, self.token)
        assert response.status == status, response.body
        return response.json()
