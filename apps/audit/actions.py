"""The actions that the audit log records."""

from __future__ import annotations

from django.db.models import TextChoices


class Action(TextChoices):
    """The base of the actions of one app, which declares them in a module named `actions`.

    A value is the kind of object and what happened to it: `product.created`.
    """


def action_choices() -> list[tuple[str, str]]:
    """Return the choices of all installed apps."""
    return [choice for actions in Action.__subclasses__() for choice in actions.choices]
