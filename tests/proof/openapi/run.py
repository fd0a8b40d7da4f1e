"""One run of schemathesis, as one role."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.processes import ROOT, Server, environment

CONFIG = Path(__file__).with_name("schemathesis.toml")
SEED = 20_261_122  # the same requests each time; another one looks elsewhere
LIMIT_SECONDS = 3_600  # far above: a busy machine is no finding

#: A server for fuzzing: what is tried is not how often one may try.
UNHURRIED = {
    **dict.fromkeys(("RATE_SHOP", "RATE_USER", "RATE_ADDRESS"), "100000000/min"),
    "TRUSTED_PROXIES": 1,
    "DEMO": 0,
}


@dataclass(frozen=True)
class Run:
    document: str
    role: str
    operations: int
    succeeded: set[str]
    cases: int
    failures: list[str]
    waived: int
    seconds: float
    output: str


def fuzz(server: Server, role: str, *, examples: int, url: str = "", shop: str = "") -> Run:
    """Fuzz a document as `role` ("" for anonymous), on the host of `shop` or the platform's.

    The document is the host's own; `url` names another one, of a server on the loopback.
    """
    host = f"{shop}.localhost" if shop else "localhost"
    base = f"http://127.0.0.1:{server.port}"
    started = time.monotonic()
    with TemporaryDirectory() as folder:
        report, answered = Path(folder, "report.json"), Path(folder, "done")
        answered.touch()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.proof.openapi"),
                *("--config-file", str(CONFIG), "run", url or f"{base}/api/schema/"),
                *("--header", f"Host: {host}:{server.port}", "--checks", "all"),
                *("--max-examples", str(examples), "--seed", str(SEED)),
                *("--generation-database", "none", "--continue-on-failure", "--no-color"),
                *("--report", "json", "--report-json-path", str(report)),
            ],
            cwd=folder,
            env=environment(
                DATA_DIR=server.data_dir,
                PORT=server.port,
                DJANGO_SETTINGS_MODULE="multitenant.settings",
                PYTHONPATH=ROOT,
                SCHEMATHESIS_HOOKS="tests.proof.openapi.hooks",
                FUZZ_ROLE=role,
                FUZZ_SHOP=shop,
                FUZZ_DONE=answered,
            ),
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        output = done.stdout + done.stderr
        assert report.exists(), output
        result = json.loads(report.read_text())
        assert result["operations"], output
        succeeded = set(answered.read_text().splitlines())
    return Run(
        document="shop" if shop else "platform",
        role=role or "anonymous",
        operations=result["operations"]["tested"],
        succeeded=succeeded,
        cases=result["test_cases"]["generated"],
        failures=[failure["code"] for failure in result["failures"]]
        + [str(error) for error in result["errors"]],
        waived=result.get("filtered", 0),
        seconds=time.monotonic() - started,
        output=output,
    )
