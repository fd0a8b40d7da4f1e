class JobQueueFull(Exception):
    """As many jobs of this tenant wait in the queue as one tenant may have."""


class LeaseLost(Exception):
    """The lease of a job expired and another worker may have taken the job."""


class WorkerLost(Exception):
    """The worker ended during every attempt at the job."""
