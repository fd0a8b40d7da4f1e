"""Everything that code can try on another shop's rows, a small function each.

An operation returns whether it saw the other shop's row. What it does to the row, the test finds
out by itself. Without isolation, each one sees or harms it: that is tested too.
"""

from tests.isolation.operations import raw, reading, writing  # noqa: F401 -- each adds its own
from tests.isolation.operations.table import OPERATIONS, Operation

__all__ = ["OPERATIONS", "Operation"]
