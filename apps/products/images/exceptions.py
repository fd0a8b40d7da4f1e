from django.utils.translation import gettext as _


class InvalidImage(Exception):
    """A file that is refused; its message is for the user."""

    code = "invalid_image"


class UnsupportedImage(InvalidImage):
    code = "unsupported_image"

    def __init__(self) -> None:
        super().__init__(_("The file is not a JPEG, PNG, WebP, GIF or AVIF image."))


class ImageTooLarge(InvalidImage):
    code = "image_too_large"

    def __init__(self) -> None:
        super().__init__(_("An image has at most 20 MB."))


class TooManyPixels(InvalidImage):
    code = "too_many_pixels"

    def __init__(self) -> None:
        super().__init__(_("An image has at most 50 megapixels."))


class TooTallImage(InvalidImage):
    code = "too_tall"

    def __init__(self) -> None:
        super().__init__(_("An image is at most 16,383 pixels wide and high."))


class BrokenImage(InvalidImage):
    code = "broken_image"

    def __init__(self) -> None:
        super().__init__(_("The image is damaged, or takes too long to be read."))


class FetchingDisabled(InvalidImage):
    code = "fetching_disabled"

    def __init__(self) -> None:
        super().__init__("This installation does not fetch images from other sites.")


class UnreachableImage(InvalidImage):
    code = "unreachable_image"

    def __init__(self) -> None:
        super().__init__("There is no image at this address that may be fetched.")
