class MailQueueFull(Exception):
    """The queue takes no other job of this tenant, or no thread can be started."""
