from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final

from django_tasks.base import Task

from apps.audit.models import AuditEvent
from apps.jobs.backends import require_room
from apps.jobs.exceptions import JobQueueFull
from apps.jobs.tasks import JobContext, task
from apps.mail.actions import MailAction
from apps.mail.exceptions import MailQueueFull
from apps.mail.messages import build_message
from apps.tenants.context import get_active_tenant, tenant_context
from apps.throttling.client import Client
from apps.throttling.exceptions import RateLimited
from apps.throttling.mail_quota import count_mail

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

logger = logging.getLogger("apps.mail")

QUEUE: Final = "mail"
#: Before other jobs of the shop.
PRIORITY: Final = 10
#: The last one is about 45 minutes after the first.
MAX_ATTEMPTS: Final = 10


def admit_mail(to: str, template: str, *, tenant: Tenant, sender: Any, client: Client) -> None:
    """Count a mail to be sent with `is_admitted`; raise RateLimited or MailQueueFull."""
    try:
        require_room(QUEUE)
    except JobQueueFull as error:
        raise MailQueueFull from error
    count_mail(to, template, tenant=tenant, sender=sender, client=client)


def send_after_commit(
    to: str,
    template: str,
    context: Mapping[str, Any],
    *,
    tenant: Tenant | None,
    client: Client | None = None,
    is_admitted: bool = False,
) -> None:
    """Send `template` to one address if the transaction commits, or now outside a transaction.

    A job counts, renders and sends the mail, from `tenant` or the platform; `client` is the client
    of the logged-in user who causes it. `context` is stored, so it is JSON and has no secret. If
    the queue is full, the mail is dropped and logged; for admitted mail, MailQueueFull is raised.
    """
    with nullcontext() if tenant is None else tenant_context(tenant):
        if is_admitted:
            enqueue_mail(send_mail, to, template, dict(context))
            return
        with suppress(MailQueueFull):  # already logged
            enqueue_mail(count_and_send, to, template, dict(context), client and client.ip)


def enqueue_mail(mail: Task[Any, Any], *args: Any) -> None:
    """Enqueue a task that mails, in the active tenant; log and raise MailQueueFull."""
    try:
        mail.enqueue(*args)
    except JobQueueFull as error:
        tenant = get_active_tenant()
        logger.error(
            "Dropped %s for %s: the queue is full",
            mail.name,
            (tenant and tenant.code) or "platform",
        )
        raise MailQueueFull from error


def is_within_limits(to: str, template: str, *, client: Client | None = None) -> bool:
    """Count a mail of the active tenant, or of the platform; return False if it is withheld.

    A mail over a limit is logged and recorded in the audit log.
    """
    tenant = get_active_tenant()
    try:
        count_mail(to, template, tenant=tenant, client=client)
    except RateLimited:
        logger.warning("Withheld %s for %s: too many mails", template, tenant or "platform")
        if tenant is not None:
            AuditEvent.objects.record(MailAction.WITHHELD, None, subject=to, mail=template)
        return False
    return True


# Counters do not count in a transaction, so this task is not atomic. It does not send the mail
# itself, so that a mail is counted once and sending it may be repeated.
@task(queue_name=QUEUE, priority=PRIORITY, takes_context=True, atomic=False)
def count_and_send(
    context: JobContext, to: str, template: str, values: dict[str, Any], ip: str | None
) -> None:
    """Count a mail and enqueue it; `ip` is of the client of the logged-in user who causes it."""
    client = None if ip is None else Client(ip)
    if is_within_limits(to, template, client=client):
        with context.fenced_transaction():
            send_mail.enqueue(to, template, values)


@task(queue_name=QUEUE, priority=PRIORITY, atomic=False, max_attempts=MAX_ATTEMPTS)
def send_mail(to: str, template: str, values: dict[str, Any]) -> None:
    """Send a mail that is counted. If its worker is lost, the recipient may get it twice."""
    build_message(to, template, values, tenant=get_active_tenant()).send()
