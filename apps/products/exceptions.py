class TooManyProducts(Exception):
    """The tenant has reached MAX_PRODUCTS."""


class StorageFull(Exception):
    """The texts of the tenant's products have reached MAX_PRODUCT_BYTES."""
