"""Sending mail without ever failing whoever asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from apps.mail.background import run_in_background
from apps.mail.messages import build_message

if TYPE_CHECKING:
    from apps.tenants.models import Tenant


def send_after_commit(
    to: str, template: str, context: Mapping[str, Any], *, tenant: Tenant | None
) -> None:
    """Mail `template` to one address when the transaction commits (now, outside of any).

    Rendered and sent in the background, in `tenant`'s name or the platform's. A mail that cannot
    be sent is logged, and not tried again. A roll-back sends nothing.
    """
    job = partial(run_in_background, _send, to, template, dict(context), tenant, tenant=tenant)
    transaction.on_commit(job, robust=True)


def _send(to: str, template: str, context: Mapping[str, Any], tenant: Tenant | None) -> None:
    build_message(to, template, context, tenant=tenant).send()
