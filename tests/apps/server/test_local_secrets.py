"""Generated secrets."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from apps.server.local_secrets import generated_secret
from tests.processes import ROOT

RACERS = 4
ROUNDS = 40

#: Reads names from its input, and answers each with the secret that it got for it.
RACER = """
import sys
from pathlib import Path
{function}
print("ready", flush=True)
for name in sys.stdin:
    print({call}(Path(sys.argv[1]), name.strip()), flush=True)
"""

OURS = ("from apps.server.local_secrets import generated_secret", "generated_secret")

CARELESS = (
    """
import secrets, time
def careless(folder, name):
    path = folder / name
    if not path.exists():
        secret = secrets.token_urlsafe()
        time.sleep(0.001)
        path.write_text(secret)
        return secret
    return path.read_text()
""",
    "careless",
)


def test_secret_is_generated_once(tmp_path):
    first = generated_secret(tmp_path, "key")

    assert generated_secret(tmp_path, "key") == first
    assert (tmp_path / "key").read_text() == first


def test_secrets_differ_by_name_and_by_folder(tmp_path):
    made = {
        generated_secret(tmp_path / "a", "key"),
        generated_secret(tmp_path / "a", "other"),
        generated_secret(tmp_path / "b", "key"),
    }

    assert len(made) == 3


def test_secret_has_the_given_size(tmp_path):
    assert len(generated_secret(tmp_path, "long")) == 64
    assert len(generated_secret(tmp_path, "short", size=12)) == 16


def test_secret_is_readable_by_its_owner_only(tmp_path):
    generated_secret(tmp_path / "secrets", "key")

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "key").stat().st_mode) == 0o600


def test_no_temporary_file_is_left(tmp_path):
    generated_secret(tmp_path, "key")

    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_racing_processes_get_the_same_secret(tmp_path):
    assert {len(answers) for answers in race(tmp_path, OURS)} == {1}


def test_control_generating_without_a_link_loses_the_race(tmp_path):
    """The control: a write that may replace another returns secrets that are not kept."""
    assert {len(answers) for answers in race(tmp_path, CARELESS)} != {1}


def race(folder: Path, racer: tuple[str, str]) -> list[set[str]]:
    """Return the secrets that RACERS concurrent processes got, for each of ROUNDS names."""
    function, call = racer
    program = RACER.format(function=function, call=call)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(RACERS)
    ]
    try:
        for racer_ in racers:
            assert racer_.stdout.readline() == "ready\n"
        return [_ask(racers, f"secret-{number}") for number in range(ROUNDS)]
    finally:
        for racer_ in racers:
            racer_.stdin.close()
            racer_.wait(10)
            racer_.stdout.close()


def _ask(racers: list[subprocess.Popen[str]], name: str) -> set[str]:
    for racer in racers:
        racer.stdin.write(f"{name}\n")
    for racer in racers:
        racer.stdin.flush()
    return {racer.stdout.readline() for racer in racers}


@pytest.mark.parametrize("name", ["key", "password_galleria_app"])
def test_missing_folder_is_created(tmp_path, name):
    generated_secret(tmp_path / "deep" / "secrets", name)

    assert (tmp_path / "deep" / "secrets" / name).is_file()
