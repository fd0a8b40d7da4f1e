from __future__ import annotations

from django.db.models import TextChoices


class Action(TextChoices):
    """The base class of an app's audit actions, which it declares in its module `actions`.

    A value is an object type and an event, such as `product.created`, with a label for people.
    """


def action_choices() -> list[tuple[str, str]]:
    """Return the choices of all installed apps."""
    return [choice for actions in Action.__subclasses__() for choice in actions.choices]
