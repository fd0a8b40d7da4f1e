"""Run the queue in the thread of a test."""

from __future__ import annotations

from apps.jobs.worker import run_due_jobs


def run_all_jobs() -> int:
    """Run all due jobs as a worker does, and return their number."""
    return run_due_jobs()
