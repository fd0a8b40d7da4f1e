"""Messages that jobs store, shown in the language of the reader."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from apps.products.images.exceptions import BrokenImage
from apps.products.models import Image
from tests.apps.products.imports.files import SIMPLE, import_rows

pytestmark = pytest.mark.usefixtures("in_acme", "owner")


def details_of(product_import):
    return [message.detail for message in product_import.messages.order_by("line", "id")]


@pytest.fixture
def done():
    """An import with an unknown column, a text as a price, and a row that is too long."""
    with override("de"):  # of a page that runs it, which must not be stored
        return import_rows(f"{SIMPLE},Colour", "pot,Pot,call us,red", "cup,Cup,5,blue,6")


@pytest.mark.parametrize(
    ("language", "details"),
    [
        (
            "en",
            [
                "This column is not imported.",
                "“call us” is not a price.",
                "All variants of this product are refused.",
                "This row has 5 cells, the header has 4.",
            ],
        ),
        (
            "de",
            [
                "Diese Spalte wird nicht importiert.",
                "„call us“ ist kein Preis.",
                "Alle Varianten dieses Produkts sind abgewiesen.",
                "Diese Zeile hat 5 Zellen, die Kopfzeile hat 4.",
            ],
        ),
        (
            "es",
            [
                "Esta columna no se importa.",
                "«call us» no es un precio.",
                "Todas las variantes de este producto están rechazadas.",
                "Esta fila tiene 5 celdas; la cabecera tiene 4.",
            ],
        ),
    ],
)
def test_messages_are_in_the_active_language(done, language, details):
    with override(language):
        assert sorted(details_of(done)) == sorted(details)


def test_cell_that_looks_like_a_parameter_is_shown_as_it_is():
    done = import_rows(SIMPLE, "pot,Pot,%(text)s %s 100%")

    assert "“%(text)s %s 100%” is not a price." in details_of(done)


def test_message_of_a_refused_file_is_translated():
    done = import_rows(content=b"")

    with override("es"):
        assert details_of(done) == ["El archivo está vacío."]


def test_message_of_a_long_value_is_stored():
    """A WooCommerce file may name a type of any length."""
    done = import_rows("Name,Regular price,Type", f"Pot,5,{'x' * 2_000}")

    assert details_of(done) == [f"Products of type {'x' * 255} are not imported."]


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en", "The image is damaged, or takes too long to be read."),
        ("de", "Das Bild ist beschädigt, oder es zu lesen dauert zu lange."),
        ("es", "La imagen está dañada o se tarda demasiado en leerla."),
    ],
)
def test_error_of_a_picture_is_in_the_active_language(language, reason):
    image = Image(status=Image.Status.FAILED, error_code=BrokenImage.code)

    with override(language):
        assert image.error == reason


def test_picture_without_an_error_has_no_reason():
    assert Image().error == ""
