"""Mutants of the catalogue."""

from __future__ import annotations

from django.db.models import F

from apps.products import html
from apps.products.csv import escaping, money
from apps.products.exceptions import InsufficientStock
from apps.products.images import fetching, files, inspection
from apps.products.imports import merging
from apps.products.imports.running import _Run
from apps.products.managers import ProductQuerySet, StockItemManager
from apps.products.models import CatalogueVersion
from apps.products.views.products import ProductViewSet
from tests.proof.mutants.mutant import instead_of, mutant, replace

_IMPORTS = "tests/apps/products/imports"
_IMAGES = "tests/apps/products/images"


@mutant("tests/apps/products/test_variants.py::test_fifty_sales_at_once_sell_five")
def stock_read_before_it_is_written(patch):
    """Two sales at once sell the last piece twice."""

    def adjust(self, variant, delta, *, reason, user):
        item = self.get(variant=variant)
        if item.quantity + delta < 0:
            raise InsufficientStock
        self.filter(pk=item.pk).update(quantity=F("quantity") + delta)
        return variant.movements.create(
            location=item.location, delta=delta, quantity=0, reason=reason, user=user
        )

    replace(patch, StockItemManager.adjust, adjust)


@mutant("tests/apps/products/test_permissions.py::test_list_by_role")
@instead_of(ProductQuerySet.visible_to)
def drafts_shown_to_all(original, self, user):
    """Everybody sees drafts."""
    return self


@mutant("tests/apps/products/test_kept_lists.py::test_readers_get_lists_of_their_own")
@instead_of(ProductViewSet.get_statement_key)
def products_of_the_first_reader(original, self):
    """The statement compiled for the team lists drafts for the public."""
    return True


@mutant("tests/apps/products/test_nested_rows.py::test_description_keeps_safe_html_only")
@instead_of(html.clean_html)
def description_not_cleaned(original, text):
    """Scripts in a description are stored."""
    return text


@mutant(f"{_IMAGES}/test_api.py::test_file_of_another_shop_is_like_an_unknown_one")
@instead_of(files.rendition_name)
def files_of_all_shops_in_one_folder(original, digest, width):
    """A shop serves the pictures of others."""
    return f"images/{digest}/{width}.webp"


@mutant(f"{_IMAGES}/test_inspection.py::test_image_over_fifty_megapixels_is_refused")
def image_of_any_size(patch):
    """An image with billions of pixels reaches the decoder."""
    patch.setattr(inspection, "MAX_PIXELS", 10**12)


@mutant(f"{_IMAGES}/test_fetching.py::test_only_global_addresses_are_permitted")
@instead_of(fetching.is_public)
def private_addresses_fetched(original, address, port):
    """An image is fetched from the operator's own network."""
    return True


@mutant(f"{_IMAGES}/test_fetching.py::test_redirect_to_a_refused_address_is_not_followed")
@instead_of(fetching._connection)
def redirects_not_checked(original, parts, is_permitted, deadline):
    """A redirect leads into the operator's own network."""
    return original(parts, lambda address, port: True, deadline)


@mutant("tests/apps/products/csv/test_writer.py -k formula")
@instead_of(escaping.escape_formula)
def formulas_exported(original, text):
    """A spreadsheet runs a formula of an exported text."""
    return text


@mutant("tests/apps/products/csv/test_money.py::test_refused_price_never_becomes_another")
@instead_of(money.parse_amount)
def price_guessed(original, text, currency, decimal_mark=None):
    """A price that cannot be read becomes the number of its digits."""
    digits = "".join(character for character in text if character.isdigit())
    return int(digits or 0)


@mutant(f"{_IMPORTS}/test_jobs.py::test_next_worker_continues_an_interrupted_import")
@instead_of(_Run._save)
def import_without_position(original, self, **values):
    """An import that is continued begins again, and counts products twice."""
    values.pop("position", None)
    return original(self, **values)


@mutant(f"{_IMPORTS}/test_merging.py::test_images_are_found_by_address_and_others_stay")
@instead_of(merging._images)
def images_always_new(original, record, editor):
    """A file replaces the pictures of a product, which are downloaded again."""
    return [{"source_url": image.url} for image in record.images]


@mutant(f"{_IMPORTS}/test_running.py::test_same_file_again_changes_nothing")
def version_raised_without_change(patch):
    """An import that changes nothing makes every cached page obsolete."""
    save = _Run._save

    def saving(self, **values):
        CatalogueVersion.objects.increase()
        return save(self, **values)

    replace(patch, _Run._save, saving)
