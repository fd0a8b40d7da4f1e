class CodeTaken(Exception):
    """A shop has or had this code. Codes are never reused."""
