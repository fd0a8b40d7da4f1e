class BackupError(Exception):
    """An error described to the operator in one sentence. Nothing has been changed."""
