from __future__ import annotations

from itertools import chain, count
from typing import Any

from django.utils.text import slugify


def free_code(model: Any, name: str) -> str:
    """Return a code made from `name` that no row of the model has, such as `mug` or `mug-2`.

    Return "" for a name without a letter or digit, which the API refuses.
    """
    slug = slugify(name, allow_unicode=True)[:240]
    if not slug:
        return ""
    candidates = chain([slug], (f"{slug}-{number}" for number in count(2)))
    # One by one: each look-up uses the index, which a prefix does not under row-level security.
    return next(code for code in candidates if not model.objects.filter(code=code).exists())
