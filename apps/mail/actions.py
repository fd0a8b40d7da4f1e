from apps.audit.actions import Action


class MailAction(Action):
    WITHHELD = "mail.withheld"
