class CodeTaken(Exception):
    """A shop has or had this code; codes are never issued again."""
