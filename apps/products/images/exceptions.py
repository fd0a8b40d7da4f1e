class InvalidImage(Exception):
    """A file that is refused; its message is for the user."""


class UnsupportedImage(InvalidImage):
    def __init__(self) -> None:
        super().__init__("The file is not a JPEG, PNG, WebP, GIF or AVIF image.")


class ImageTooLarge(InvalidImage):
    def __init__(self) -> None:
        super().__init__("An image has at most 20 MB.")


class TooManyPixels(InvalidImage):
    def __init__(self) -> None:
        super().__init__("An image has at most 50 megapixels.")


class BrokenImage(InvalidImage):
    def __init__(self) -> None:
        super().__init__("The image is damaged, or takes too long to be read.")
