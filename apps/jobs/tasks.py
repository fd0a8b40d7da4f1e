from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar, overload

import django_tasks
from django_tasks.base import Task, TaskContext

from apps.jobs.lease import fenced_transaction

if TYPE_CHECKING:
    from apps.jobs.models import JobTicket, QueuedJob

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[P, T]):
    """A task of django-tasks with two more attributes."""

    #: Run the function in the transaction that completes the job, so that its writes happen
    #: exactly once. A function that talks to other systems or runs for more than seconds sets it
    #: to False: it may run again if its worker is lost.
    atomic: bool = True
    max_attempts: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext(TaskContext):
    """The first argument of a function declared with `takes_context=True`."""

    job: QueuedJob
    ticket: JobTicket

    @property
    def progress(self) -> Any:
        """The value of the last committed record_progress() of any attempt, or None."""
        return self.job.result

    def record_progress(self, progress: Any) -> None:
        """Record a JSON value; within fenced_transaction(), together with what it describes."""
        self.job.record_progress(progress)

    @contextmanager
    def fenced_transaction(self) -> Iterator[None]:
        """Run the block in a transaction, or raise LeaseLost if this attempt was replaced."""
        with fenced_transaction(self.ticket):
            yield


@overload
def task(function: Callable[P, T], /) -> JobTask[P, T]: ...


@overload
def task(
    *,
    priority: int = 0,
    queue_name: str = "default",
    takes_context: Literal[False] = False,
    atomic: bool = True,
    max_attempts: int = 5,
) -> Callable[[Callable[P, T]], JobTask[P, T]]: ...


@overload
def task(
    *,
    priority: int = 0,
    queue_name: str = "default",
    takes_context: Literal[True],
    atomic: bool = True,
    max_attempts: int = 5,
) -> Callable[[Callable[Concatenate[JobContext, P], T]], JobTask[P, T]]: ...


def task(*function: Any, **options: Any) -> Any:
    """Declare a function of a module as a task: `@task` of django-tasks, with our arguments.

    `function.enqueue(...)` stores a job with JSON arguments, in the caller's transaction and for
    the active tenant. Arguments are stored and backed up: never pass a secret.
    """
    return django_tasks.task(*function, **options)
