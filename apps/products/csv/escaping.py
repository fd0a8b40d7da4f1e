"""Cells that a spreadsheet does not run as formulas.

A text that would start a formula gets one apostrophe in front, also if it has some already.
Reading takes one away from such a text, and from no other. So the two are exact inverses, and an
apostrophe that belongs to a text ('90s jeans) is neither added nor lost.
"""

from __future__ import annotations

import re

#: Spreadsheets skip white space before a formula; some accept the full-width characters.
_FORMULA = re.compile("['\\s]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def escape_formula(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def unescape_formula(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
