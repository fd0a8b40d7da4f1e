"""How long a worker process lives."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


def end_with_parent() -> None:
    """End this process when the one that spawned it is gone, however that ended.

    A supervisor that is killed cannot stop its workers, and they would keep its port.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    # Out of the terminal's group: Ctrl-C is the supervisor's, which stops us. Told twice, by
    # both, granian's workers may not end.
    os.setpgid(0, 0)

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()
