from django.utils.translation import gettext_lazy as _

from apps.audit.actions import Action


class MailAction(Action):
    WITHHELD = "mail.withheld", _("Mail withheld")
