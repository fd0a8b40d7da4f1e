class MailQueueFull(Exception):
    """No further job can wait for this tenant, or no thread be started for it."""
