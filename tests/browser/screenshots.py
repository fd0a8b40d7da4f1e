"""The screenshots of the README: `make screenshots`."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.tour import log_in, open_page
from tests.processes import ROOT, Server, new_folder, serving, until

FOLDER = ROOT / "docs/images"
HOST = "acme.localhost"
QUALITY = 82


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with new_folder() as folder, serving(folder, DEMO=1, JOB_WORKERS=1) as server:
        until(lambda: has_pictures(server))
        with sync_playwright() as playwright:
            path = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            take(browser, server)
            browser.close()


def has_pictures(server: Server) -> bool:
    path = "/api/products/?page_size=100"
    return all(row["image"] for row in server.get(HOST, path).json()["results"])


def take(browser: Browser, server: Server) -> None:
    page = open_page(browser, 1280)
    page.goto(f"http://localhost:{server.port}/")
    save(page, "front-door")
    page.goto(f"http://{HOST}:{server.port}/")
    save(page, "storefront")
    log_in(page, f"http://{HOST}:{server.port}", *server.demo_log_ins[HOST])
    page.goto(f"http://{HOST}:{server.port}/admin/products")
    page.get_by_role("link", name="Stoneware mug").click()
    save(page, "back-office")


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    target = Path(FOLDER, f"{name}.webp")
    Image.open(io.BytesIO(page.screenshot())).save(target, quality=QUALITY, method=6)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1000} kB")  # noqa: T201 -- a script


if __name__ == "__main__":
    main()
