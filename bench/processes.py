"""CPU time and memory of process trees, from /proc."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """Return the CPU time of a process and its descendants, of those that have ended, too."""
    return sum(map(_cpu_of, tree(root))) / _TICKS


def tree(root: int) -> list[int]:
    try:
        process = psutil.Process(root)
        return [root, *(child.pid for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def worker_memory(root: int) -> int:
    """Return the proportional set size of the largest child of a server, in bytes."""
    return max(map(_memory_of, tree(root)[1:]), default=0)


def _cpu_of(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    # The name, in brackets, may contain spaces. Fields 14 to 17 of proc(5): the process's time in
    # user and kernel mode, and that of its children that were waited for.
    return sum(map(int, text.rpartition(")")[2].split()[11:15]))


def _memory_of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
