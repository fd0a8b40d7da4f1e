from apps.api.problems import ServiceUnavailable


class MailQueueFull(ServiceUnavailable):
    """No further job can wait for this tenant, or no thread be started for it."""

    default_detail = "Too many mails are waiting to be sent. Try again later."
    wait = 10
