from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing import resource_tracker


def keep_interrupts_from_workers() -> None:
    """Block SIGINT in this process and its future children, and turn it into a SIGTERM here.

    A terminal sends SIGINT to its whole process group, which would interrupt a worker anywhere,
    even during its imports. This process stops its workers itself.
    """
    # Started first, because its start unblocks the signal.
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=_terminate_on_interrupt, daemon=True, name="interrupts").start()


def exit_with_parent() -> None:
    """Kill this process when its parent ends: a killed supervisor cannot stop its workers."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()


def _terminate_on_interrupt() -> None:
    signal.sigwait({signal.SIGINT})
    os.kill(os.getpid(), signal.SIGTERM)
