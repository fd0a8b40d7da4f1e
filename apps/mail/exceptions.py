class MailQueueFull(Exception):
    """The queue takes no other mail of this tenant."""
