from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

from django.db import transaction

from apps.audit.models import AuditEvent
from apps.mail.actions import MailAction
from apps.mail.background import require_room, run_in_background
from apps.mail.exceptions import MailQueueFull
from apps.mail.messages import build_message
from apps.throttling.client import Client
from apps.throttling.exceptions import RateLimited
from apps.throttling.mail_quota import count_mail

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

logger = logging.getLogger("apps.mail")

#: A function is called after the mail is counted, so that a withheld mail issues no link.
Context = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


def admit_mail(to: str, template: str, *, tenant: Tenant, sender: Any, client: Client) -> None:
    """Count a mail to be sent with `is_admitted`; raise RateLimited or MailQueueFull."""
    require_room(tenant)
    count_mail(to, template, tenant=tenant, sender=sender, client=client)


def send_after_commit(
    to: str,
    template: str,
    context: Context,
    *,
    tenant: Tenant | None,
    client: Client | None = None,
    is_admitted: bool = False,
) -> None:
    """Send `template` to one address after the transaction commits, or now outside a transaction.

    The mail is counted, rendered and sent in the background, from `tenant` or the platform;
    `client` is the client of the logged-in user who causes it. A failure is logged and not
    retried. For admitted mail only, MailQueueFull is raised at the commit.
    """
    copied = context if callable(context) else dict(context)
    args = (to, template, copied, tenant, client, is_admitted)

    def queue() -> None:
        with nullcontext() if is_admitted else suppress(MailQueueFull):  # already logged
            run_in_background(deliver, *args, tenant=tenant)

    transaction.on_commit(queue, robust=not is_admitted)


def deliver(
    to: str,
    template: str,
    context: Context,
    tenant: Tenant | None,
    client: Client | None = None,
    is_admitted: bool = False,
) -> None:
    """Count a mail and send it. Runs in the background, in `tenant`'s context.

    A mail over a limit is withheld, logged and recorded in the audit log.
    """
    if not is_admitted:
        try:
            count_mail(to, template, tenant=tenant, client=client)
        except RateLimited:
            logger.warning("Withheld %s for %s: too many mails", template, tenant or "platform")
            if tenant is not None:
                AuditEvent.objects.record(MailAction.WITHHELD, None, subject=to, mail=template)
            return
    values = context() if callable(context) else context
    build_message(to, template, values, tenant=tenant).send()
