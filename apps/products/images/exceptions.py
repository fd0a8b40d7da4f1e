from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class InvalidImage(Exception):
    """A file that is refused; its `message` is for the user, in the active language."""

    code: ClassVar[str] = "invalid_image"
    message: ClassVar[Promise]

    def __str__(self) -> str:
        return str(self.message)


class UnsupportedImage(InvalidImage):
    code = "unsupported_image"
    message = _("The file is not a JPEG, PNG, WebP, GIF or AVIF image.")


class ImageTooLarge(InvalidImage):
    code = "image_too_large"
    message = _("An image has at most 20 MB.")


class TooManyPixels(InvalidImage):
    code = "too_many_pixels"
    message = _("An image has at most 50 megapixels.")


class TooTallImage(InvalidImage):
    code = "too_tall"
    message = _("An image is at most 16,383 pixels wide and high.")


class BrokenImage(InvalidImage):
    code = "broken_image"
    message = _("The image is damaged, or takes too long to be read.")


class FetchingDisabled(InvalidImage):
    code = "fetching_disabled"
    message = _("This installation does not fetch images from other sites.")


class UnreachableImage(InvalidImage):
    code = "unreachable_image"
    message = _("There is no image at this address that may be fetched.")


def message_of(code: str) -> str:
    """Return the message of the error with this code in the active language, or ""."""
    messages = {error.code: error.message for error in InvalidImage.__subclasses__()}
    return str(messages.get(code, ""))
