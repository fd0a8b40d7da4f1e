from __future__ import annotations

from collections.abc import Mapping
from email.utils import make_msgid, parseaddr, quote
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext as _

from apps.mail.templatetags.mail_text import one_line
from apps.tenants.languages import LANGUAGES, text_language

if TYPE_CHECKING:
    from apps.tenants.models import Tenant

#: The sender's name if MAIL_FROM has none.
PLATFORM: Final = "Galleria"


def build_message(
    to: str,
    template: str,
    context: Mapping[str, Any],
    *,
    tenant: Tenant | None,
    language: str = LANGUAGES[0],
) -> EmailMultiAlternatives:
    """Return a mail, as text and HTML, from the shop via the platform or from the platform.

    Renders `mail/<template>.subject.txt`, `.txt` and `.html` with `context`, with `tenant`, with
    `shop`, the sender's name, and with `language`: that of the shop, or the given one of a mail
    from the platform.
    """
    language = text_language(tenant.language if tenant else language)
    with translation.override(language):
        return _message(to, template, {**context, "language": language}, tenant)


def _message(
    to: str, template: str, context: Mapping[str, Any], tenant: Tenant | None
) -> EmailMultiAlternatives:
    platform, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    platform = platform or PLATFORM
    shop = one_line(tenant.name) if tenant else platform
    names = {"shop": shop, "platform": platform}
    sender = _("%(shop)s via %(platform)s") % names if tenant else platform
    values = {**context, "shop": shop, "tenant": tenant}
    message = EmailMultiAlternatives(
        subject=one_line(_render(f"{template}.subject.txt", values)),
        body=_render(f"{template}.txt", values),
        from_email=address,
        to=[to],
        headers={
            "From": f'"{quote(sender)}" <{address}>',
            # Django would use the machine's name, and look it up in DNS.
            "Message-ID": make_msgid(domain=address.rpartition("@")[2]),
            "Auto-Submitted": "auto-generated",
            **({"X-Galleria-Shop": str(tenant.pk)} if tenant else {}),
        },
    )
    message.attach_alternative(_render(f"{template}.html", values), "text/html")
    return message


def _render(name: str, values: dict[str, Any]) -> str:
    # Escaping depends on the file name, so that text templates need not disable it.
    context = Context(values, autoescape=name.endswith(".html"))
    return Engine.get_default().get_template(f"mail/{name}").render(context)
