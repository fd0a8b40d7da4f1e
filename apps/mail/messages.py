"""A mail, from its three templates: `mail/<name>.subject.txt`, `.txt` and `.html`."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import make_msgid, parseaddr, quote
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

from apps.mail.templatetags.mail_text import one_line

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

#: Where MAIL_FROM has no name.
PLATFORM: Final = "Galleria"


def build_message(
    to: str, template: str, context: Mapping[str, Any], *, tenant: Tenant | None
) -> EmailMultiAlternatives:
    """Return a mail from the shop, via the platform, or from the platform as text and HTML.

    Templates find `shop`, the sender's name, and `tenant` besides what `context` holds.
    """
    platform, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    platform = platform or PLATFORM
    shop = one_line(tenant.name) if tenant else platform
    sender = f"{shop} via {platform}" if tenant else platform
    values = {**context, "shop": shop, "tenant": tenant}
    message = EmailMultiAlternatives(
        subject=one_line(_render(f"{template}.subject.txt", values)),
        body=_render(f"{template}.txt", values),
        from_email=address,
        to=[to],
        headers={
            "From": f'"{quote(sender)}" <{address}>',
            # Django would name the machine, after asking DNS for its name.
            "Message-ID": make_msgid(domain=address.rpartition("@")[2]),
            "Auto-Submitted": "auto-generated",
            **({"X-Galleria-Shop": str(tenant.pk)} if tenant else {}),
        },
    )
    message.attach_alternative(_render(f"{template}.html", values), "text/html")
    return message


def _render(name: str, values: dict[str, Any]) -> str:
    # Escaping follows the file, so that no text template has to switch it off.
    context = Context(values, autoescape=name.endswith(".html"))
    return Engine.get_default().get_template(f"mail/{name}").render(context)
