from django.utils.translation import gettext_lazy as _

from apps.audit.actions import Action


class UserAction(Action):
    LOGGED_IN = "session.opened", _("Logged in")
    LOGIN_FAILED = "session.refused", _("Log-in refused")
    LOGGED_OUT = "session.ended", _("Logged out")
    SECRET_REUSED = "session.reused", _("Old session token used")
    PASSWORD_CHANGED = "password.changed", _("Password changed")
    PASSWORD_RESET_ASKED = "password.reset_asked", _("Password reset requested")
    PASSWORD_RESET = "password.reset", _("Password reset")
    REGISTERED = "user.registered", _("Customer registered")
    CREATED = "user.created", _("User created")
    CHANGED = "user.changed", _("User changed")
    DEACTIVATED = "user.deactivated", _("User deactivated")
    INVITED = "invitation.sent", _("Invitation sent")
    INVITATION_WITHDRAWN = "invitation.withdrawn", _("Invitation withdrawn")
    INVITATION_ACCEPTED = "invitation.accepted", _("Invitation accepted")
    EMAIL_CHANGE_REQUESTED = "email.change_requested", _("E-mail change requested")
    EMAIL_CONFIRMED = "email.confirmed", _("E-mail confirmed")
