from __future__ import annotations


class FileRefused(Exception):
    """The file cannot be read as a list of products; `detail` is a sentence for the merchant."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class InvalidRecord(Exception):
    """The text of a record is not CSV."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class UnclosedQuote(InvalidRecord):
    """A quote is missing, or one is too many: the two look alike."""

    def __init__(self) -> None:
        super().__init__(
            "unclosed_quote",
            "A quote that opens in this row is not closed, or one inside it is not doubled.",
        )


class InvalidValue(Exception):
    """A cell holds something else than its column requires."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
