"""A slow mail server that records the arrival of mails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller

from tests.processes import free_port


class SlowMailbox:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.arrivals: list[tuple[float, str]] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        await asyncio.sleep(self.seconds)
        self.arrivals.append((time.monotonic(), envelope.rcpt_tos[0]))
        return "250 OK"


@contextmanager
def slow_smtp(seconds: float) -> Iterator[tuple[SlowMailbox, str]]:
    """Take `seconds` for each mail during the block; yield what arrives, and the EMAIL_URL."""
    mailbox = SlowMailbox(seconds)
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield mailbox, f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()
