"""The outputs besides the response in which canaries are looked for: logs and mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from django.core import mail

from tests.apps.jobs.runs import run_all_jobs
from tests.log_lines import written_lines

#: Returns what was written since; called when all work of the request has ended.
Output = Callable[[], str]


@contextmanager
def logs() -> Iterator[Output]:
    with written_lines() as lines:
        yield lambda: lines.text


@contextmanager
def mails() -> Iterator[Output]:
    sent_before = len(mail.outbox)

    def written() -> str:
        return "\n".join(_text_of(message) for message in mail.outbox[sent_before:])

    yield written


#: Every other output, of an export or a job, has to be added here.
OUTPUTS: dict[str, Callable[[], AbstractContextManager[Output]]] = {"log": logs, "mail": mails}


@contextmanager
def all_outputs() -> Iterator[Callable[[], dict[str, str]]]:
    """Yield a function that returns all that was written since, by the name of the output."""
    with ExitStack() as stack:
        outputs = {name: stack.enter_context(begin()) for name, begin in OUTPUTS.items()}

        def written() -> dict[str, str]:
            run_all_jobs()
            return {name: output() for name, output in outputs.items()}

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
