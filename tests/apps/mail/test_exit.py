"""Jobs when their process exits or forks, each case in a separate process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PRELUDE = """
import logging, os, sys, time
import django
django.setup()
from apps.mail import background
from apps.mail.background import run_in_background, wait_until_idle

def say(what, after=0.0):
    time.sleep(after)
    os.write(1, f"{what}\\n".encode())

"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run(
        [sys.executable, "-c", PRELUDE + code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("ending", ["", "sys.exit(0)", "raise KeyboardInterrupt"])
def test_exit_finishes_pending_jobs(ending):
    done = run(
        "for number in range(6):\n"
        "    run_in_background(say, number, 0.1, tenant=None)\n"
        f"say('end')\n{ending}"
    )
    assert sorted(done.stdout.split()) == ["0", "1", "2", "3", "4", "5", "end"]
    assert done.stdout.startswith("end")


def test_exit_finishes_jobs_added_by_pending_jobs():
    done = run(
        "def chain():\n"
        "    time.sleep(0.2)\n"
        "    run_in_background(say, 'added', tenant=None)\n"
        "run_in_background(chain, tenant=None)"
    )
    assert (done.stdout.split(), done.returncode) == (["added"], 0)


def test_exit_abandons_jobs_that_hang():
    before = time.monotonic()
    done = run(
        "background.EXIT_SECONDS = 0.3\n"
        "for _ in range(3):\n"
        "    run_in_background(time.sleep, 600, tenant=None)\n"
    )
    assert done.returncode == 0
    assert "The process ends with 3 background jobs unfinished." in done.stderr
    assert time.monotonic() - before < 30


def test_forked_child_runs_its_own_jobs_and_none_of_its_parents():
    done = run(
        "run_in_background(say, 'parent', 0.3, tenant=None)\n"
        "run_in_background(say, 'parent', 0.3, tenant=None)\n"
        "run_in_background(say, 'waiting', tenant=None)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    run_in_background(say, 'child', tenant=None)\n"
        "    os._exit(0 if wait_until_idle(5) else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.split()) == ["child", "parent", "parent", "waiting"]
