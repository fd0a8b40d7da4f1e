from __future__ import annotations

from itertools import count
from typing import Any

from django.utils.text import slugify


def free_code(model: Any, name: str) -> str:
    """Return a code made from `name` that no row of the model has, such as `mug` or `mug-2`."""
    slug = slugify(name, allow_unicode=True)[:240]
    taken = set(model.objects.filter(code__startswith=slug).values_list("code", flat=True))
    numbered = (f"{slug}-{number}" for number in count(2))
    return slug if slug not in taken else next(code for code in numbered if code not in taken)
