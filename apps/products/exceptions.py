class TooManyProducts(Exception):
    """The tenant has as many products as it may have."""


class StorageFull(Exception):
    """The texts of the tenant's products are as large as they may be."""
