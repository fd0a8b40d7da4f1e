from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext


class TranslatedError(Exception):
    """An error to be shown: a `code`, and an English `message` with the `params` that it names."""

    def __init__(self, code: str, message: str, /, **params: Any) -> None:
        super().__init__(code, message, params)
        self.code = code
        self.message = message
        self.params = params

    @property
    def detail(self) -> str:
        """The message in the active language."""
        return translate(self.message, self.params)


class TooManyProducts(Exception):
    """The tenant has reached MAX_PRODUCTS."""


class StorageFull(Exception):
    """The texts of the tenant's products have reached MAX_PRODUCT_BYTES."""


class InsufficientStock(Exception):
    """A variant has less stock than is to be removed."""


class LastVariant(Exception):
    """A product keeps at least one variant."""


class InvalidEdit(TranslatedError):
    """A member of a product's data, at `path`, is invalid with the others or with the product."""

    def __init__(
        self, path: tuple[str | int, ...], code: str, message: str, /, **params: Any
    ) -> None:
        super().__init__(code, message, **params)
        self.path = path


def translate(message: str, params: Mapping[str, Any]) -> str:
    """Return a message that `gettext_noop()` marks, in the active language, with its parameters."""
    return gettext(message) % params
