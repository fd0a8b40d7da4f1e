"""Addresses of static files."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from apps.pages import storage


@pytest.fixture
def style_sheet(tmp_path, monkeypatch):
    """A style sheet that the static files have under any name."""
    path = tmp_path / "style.css"
    path.write_text("a{}")
    monkeypatch.setattr(finders, "find", lambda name: str(path))
    storage._digest.cache_clear()
    yield path
    storage._digest.cache_clear()


def test_address_has_a_version():
    address = staticfiles_storage.url("pages/tokens.css")

    assert re.fullmatch(r"/static/pages/tokens\.css\?v=[0-9a-f]{8}", address)


def test_version_changes_with_the_file(style_sheet):
    before = staticfiles_storage.url("style.css")
    style_sheet.write_text("b{}")
    assert staticfiles_storage.url("style.css") == before  # read once a process

    storage._digest.cache_clear()

    assert staticfiles_storage.url("style.css") != before


def test_absent_file_has_an_empty_version():
    assert staticfiles_storage.url("absent.css") == "/static/absent.css?v="


def test_addressed_file_is_served(db):
    response = Client(HTTP_HOST="acme.localhost:8000").get(
        staticfiles_storage.url("storefront/storefront.js")
    )

    assert response.status_code == 200
    assert b"customElements" in b"".join(response.streaming_content)
    response.close()


def test_fonts_that_style_sheets_name_exist():
    css = Path(finders.find("pages/tokens.css")).read_text()

    fonts = re.findall(r'url\("([^"]+)"\)', css)

    assert len(fonts) == 2
    assert all(finders.find(f"pages/{font}") for font in fonts)
