class BackupError(Exception):
    """A refusal in one sentence for the operator; nothing was changed unless it says so."""
