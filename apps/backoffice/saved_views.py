from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.backoffice.models import MAX_VIEWS, SavedView
from apps.pages.api import Answer
from apps.users.models import User


def save_view(user: User, name: str, query: str) -> Answer:
    """Give the filters a name, in the place of earlier ones with it; at most MAX_VIEWS."""
    view = SavedView(user=user, name=name.strip(), query=query)
    try:
        view.clean_fields(exclude=["tenant"])
    except ValidationError as error:
        messages = [message for each in error.message_dict.values() for message in each]
        return Answer(400, None, {"": messages})
    others = SavedView.objects.filter(user=user).exclude(name=view.name)
    if others.count() >= MAX_VIEWS:
        return Answer(400, None, {"": [_("Remove a view first: there are %d.") % MAX_VIEWS]})
    SavedView.objects.update_or_create(user=user, name=view.name, defaults={"query": query})
    return Answer(200, None)


def remove_view(user: User, name: str) -> Answer:
    SavedView.objects.filter(user=user, name=name).delete()
    return Answer(200, None)
