"""Signals and lifetimes of the server's processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing import resource_tracker


def keep_interrupts_from_workers() -> None:
    """Turn Ctrl-C into a SIGTERM to this process, and block it in those started from now on.

    A terminal interrupts its whole foreground group, and a worker would stop anywhere, even during
    its imports. This process stops its workers; once is enough.
    """
    # Started first, because starting it unblocks the signal again.
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=_terminate_on_interrupt, daemon=True, name="interrupts").start()


def exit_with_parent() -> None:
    """End this process when the one that spawned it has ended, for whatever reason.

    A supervisor that is killed cannot stop its workers, and they would keep its port.
    """
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
