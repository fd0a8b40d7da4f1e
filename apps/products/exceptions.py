class TooManyProducts(Exception):
    """The tenant has reached MAX_PRODUCTS."""


class StorageFull(Exception):
    """The texts of the tenant's products have reached MAX_PRODUCT_BYTES."""


class InsufficientStock(Exception):
    """A variant has less stock than is to be removed."""


class LastVariant(Exception):
    """A product keeps at least one variant."""


class InvalidEdit(Exception):
    """A member of a product's data, at `path`, is invalid with the others or with the product."""

    def __init__(self, path: tuple[str | int, ...], code: str, detail: str) -> None:
        super().__init__(detail)
        self.path = path
        self.code = code
        self.detail = detail
