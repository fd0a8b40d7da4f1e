from apps.audit.actions import Action


class UserAction(Action):
    LOGGED_IN = "session.opened"
    LOGIN_FAILED = "session.refused"
    LOGGED_OUT = "session.ended"
    SECRET_REUSED = "session.reused"  # noqa: S105 -- an action
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 -- an action
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105 -- an action
    PASSWORD_RESET = "password.reset"  # noqa: S105 -- an action
    REGISTERED = "user.registered"
    CREATED = "user.created"
    CHANGED = "user.changed"
    DEACTIVATED = "user.deactivated"
    INVITED = "invitation.sent"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    EMAIL_CHANGE_REQUESTED = "email.change_requested"
    EMAIL_CONFIRMED = "email.confirmed"
