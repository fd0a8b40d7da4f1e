"""Each mutant, with one protection removed, fails a test; each runs in a separate process."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.processes import ROOT, environment, new_folder
from tests.proof.mutants import MUTANTS
from tests.report import publish

OPTIONS = ["-q", "-x", "-m", "", "-p", "tests.proof.mutation", "-p", "no:cacheprovider"]
AT_ONCE = 2
DEADLINE = 600
TESTS_FAILED = 1


@dataclass
class Verdict:
    """The exit code and output of a run of tests, and the first test that failed."""

    code: int
    output: str
    test: str = ""
    has_noticed: bool = False
    words: str = ""


def run_tests(mutant: str, tests: str) -> Verdict:
    """Run tests on a mutant, or on "none", with a separate PostgreSQL."""
    with new_folder() as folder:
        verdict = folder / "verdict.json"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *OPTIONS, *shlex.split(tests)],
            cwd=ROOT,
            env=environment(DATA_DIR=folder, MUTANT=mutant, VERDICT=verdict),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        facts = json.loads(verdict.read_text()) if verdict.exists() else {}
        return Verdict(done.returncode, done.stdout[-5000:], **facts)


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Verdict]]]:
    """The verdicts on the selected mutants by name; AT_ONCE of them run at a time."""
    selected = [
        MUTANTS[item.callspec.params["name"]]
        for item in request.session.items
        if getattr(item, "originalname", "") == test_mutant_is_killed.__name__
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            mutant.name: pool.submit(run_tests, mutant.name, mutant.killers) for mutant in selected
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_killed(name: str, verdicts: dict[str, Future[Verdict]]):
    verdict = verdicts[name].result()
    assert verdict.code == TESTS_FAILED, f"{name} survives.\n{verdict.output}"
    assert verdict.has_noticed, f"{name} fails {verdict.test} by {verdict.words}"


def test_killers_pass_without_mutants(verdicts: dict[str, Future[Verdict]]):
    """The control: it is the mutants that fail these tests."""
    killers = {verdict.result().test for verdict in verdicts.values()} - {""}
    verdict = run_tests("none", shlex.join(sorted(killers)))
    assert verdict.code == 0, verdict.output
    if verdicts.keys() == MUTANTS.keys():
        publish_table({name: verdict.result() for name, verdict in verdicts.items()})


def publish_table(verdicts: dict[str, Verdict]) -> None:
    rows = [
        (f"`{mutant.name}`", mutant.breaks, f"`{verdicts[mutant.name].test}`")
        if verdicts[mutant.name].has_noticed
        else (f"`{mutant.name}`", mutant.breaks, "**nothing: it survives**")
        for mutant in MUTANTS.values()
    ]
    killed = sum(verdict.has_noticed for verdict in verdicts.values())
    publish(
        *("proof", "mutants", ["mutant", "what it breaks", "killed by"], rows),
        summary=f"{killed} of {len(rows)} killed",
    )
