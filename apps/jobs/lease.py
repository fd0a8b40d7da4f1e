from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction

from apps.jobs.exceptions import LeaseLost

if TYPE_CHECKING:
    from apps.jobs.models import JobTicket


@contextmanager
def fenced_transaction(ticket: JobTicket) -> Iterator[None]:
    """Run the block in a transaction that holds the ticket; raise LeaseLost if it has a new holder.

    The lock on the ticket keeps other workers from it until the end of the transaction, even if
    the lease expires meanwhile.
    """
    with transaction.atomic():
        held = type(ticket).objects.select_for_update().filter(pk=ticket.pk, fence=ticket.fence)
        if not held.values_list("pk").first():
            raise LeaseLost(str(ticket.pk))
        yield
