from __future__ import annotations

from itertools import count

from apps.backoffice.models import SavedView
from tests.apps.users.factories import first_user

_numbers = count(1)


def make_saved_view() -> SavedView:
    name = f"view-{next(_numbers)}"
    return SavedView.objects.create(user=first_user(), name=name, query="?status=draft")
