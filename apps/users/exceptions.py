class LastOwner(Exception):
    """The shop would be left without an active owner."""
