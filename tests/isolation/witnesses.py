"""Where else than in its answer a request may leave what it should not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from django.core import mail

from apps.mail.background import wait_until_idle
from tests.log_lines import written_lines

#: Called when everything that the request began has ended; returns what was written meanwhile.
Witness = Callable[[], str]


@contextmanager
def logs() -> Iterator[Witness]:
    with written_lines() as lines:
        yield lambda: lines.text


@contextmanager
def mails() -> Iterator[Witness]:
    sent_before = len(mail.outbox)

    def written() -> str:
        return "\n".join(_text_of(message) for message in mail.outbox[sent_before:])

    yield written


#: Whatever comes to write something, an export or a job's result, gets its witness here.
WITNESSES: dict[str, Callable[[], AbstractContextManager[Witness]]] = {"log": logs, "mail": mails}


@contextmanager
def all_witnesses() -> Iterator[Callable[[], dict[str, str]]]:
    """Yield what returns all that has been written since, by the name of the witness."""
    with ExitStack() as stack:
        witnesses = {name: stack.enter_context(begin()) for name, begin in WITNESSES.items()}

        def written() -> dict[str, str]:
            assert wait_until_idle(20)
            return {name: witness() for name, witness in witnesses.items()}

        yield written


def _text_of(message: mail.EmailMessage) -> str:
    alternatives = [str(content) for content, _ in getattr(message, "alternatives", [])]
    return "\n".join(
        [
            *(message.from_email, *message.recipients(), message.subject, str(message.body)),
            *alternatives,
            str(message.extra_headers),
            str(message.attachments),
        ]
    )
