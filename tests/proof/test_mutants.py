"""Breaks one wall at a time, in a copy of the project, and sees which test notices."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import ROOT, environment, new_folder
from tests.proof.mutants import MUTANTS
from tests.proof.mutants.mutant import Mutant
from tests.report import publish

TREE = ["apps", "auth_backends", "middleware", "multitenant", "tests", "docs", "pyproject.toml"]
OPTIONS = ["-q", "-x", "-m", "", "-p", "tests.proof.mutation", "-p", "no:cacheprovider"]
AT_ONCE = 2
DEADLINE = 600
TESTS_FAILED = 1


@dataclass
class Verdict:
    """How a run of tests ended, and the first of them that failed."""

    code: int
    output: str
    test: str = ""
    has_noticed: bool = False
    words: str = ""


def judge(mutant: Mutant | None, tests: str) -> Verdict:
    """Run tests on a copy of the project with a PostgreSQL of its own, broken by `mutant`."""
    with new_folder() as folder:
        tree, verdict = folder / "tree", folder / "verdict.json"
        copy_project(tree)
        if mutant and mutant.edit:
            mutant.edit.apply(tree)
        variables = {"MUTANT": mutant.name if mutant else "none", "VERDICT": verdict}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *OPTIONS, *shlex.split(tests)],
            cwd=tree,
            env=environment(DATA_DIR=folder, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        facts = json.loads(verdict.read_text()) if verdict.exists() else {}
        return Verdict(done.returncode, done.stdout[-5000:], **facts)


def copy_project(tree: Path) -> None:
    tree.mkdir()
    for name in TREE:
        source, target = ROOT / name, tree / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Verdict]]]:
    """Of every mutant that is asked for, each in a process of its own, some at a time."""
    asked = [
        MUTANTS[item.callspec.params["name"]]
        for item in request.session.items
        if getattr(item, "originalname", "") == test_mutant_is_killed.__name__
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {mutant.name: pool.submit(judge, mutant, mutant.killers) for mutant in asked}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_killed(name: str, verdicts: dict[str, Future[Verdict]]):
    verdict = verdicts[name].result()
    assert verdict.code == TESTS_FAILED, f"{name} survives.\n{verdict.output}"
    assert verdict.has_noticed, f"{name} fails {verdict.test} by {verdict.words}"


def test_killers_pass_without_mutants(verdicts: dict[str, Future[Verdict]]):
    """The control: nothing but the mutants has made those tests fail."""
    killers = {verdict.result().test for verdict in verdicts.values()} - {""}
    verdict = judge(None, shlex.join(sorted(killers)))
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
    publish("proof", "mutants", ["mutant", "what it breaks", "killed by"], rows)
