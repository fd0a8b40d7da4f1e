from __future__ import annotations

from django.utils.translation import gettext_noop as _

from apps.products.exceptions import TranslatedError


class FileRefused(TranslatedError):
    """The file cannot be read as a list of products."""


class InvalidRecord(TranslatedError):
    """The text of a record is not CSV."""


class UnclosedQuote(InvalidRecord):
    """A quote is missing, or one is too many: the two look alike."""

    def __init__(self) -> None:
        super().__init__(
            "unclosed_quote",
            _("A quote that opens in this row is not closed, or one inside it is not doubled."),
        )


class InvalidValue(TranslatedError):
    """A cell holds something else than its column requires."""
