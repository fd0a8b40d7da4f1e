"""What holds the tree together: who imports whom, what nothing is called, how long things get."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("apps", "auth_backends", "middleware", "multitenant")

#: What the core may stand on, besides itself and the standard library.
CORE = "apps.tenants"
CORE_STANDS_ON = {"django", "psycopg2", "uuid_utils"}

#: The packages that build on another than the core, and why. Nothing else may.
ARROWS = {
    ("apps.products", "apps.users"): "who may write products is a question of roles",
    ("apps.shops", "apps.users"): "opening a shop makes its first user; its owner renames it",
    ("apps.products", "apps.auditlog"): "what the team changes is recorded",
    ("apps.products", "apps.api"): "bodies are read strictly, and devices told apart",
    ("apps.shops", "apps.api"): "bodies are read strictly, and devices told apart",
    ("apps.shops", "apps.server"): "the demo shops' password is a generated secret",
    ("apps.shops", "apps.limits"): "opening a shop costs a password hash, and is counted",
    ("apps.shops", "apps.auditlog"): "a shop that was opened or changed is recorded",
    ("apps.backups", "apps.shops"): "its commands are an operator's; origins of a file are checked",
    ("apps.server", "apps.api"): "probes answer with problems as everything does",
    ("apps.server", "auth_backends"): "the command that rotates keys reads and writes JWT_KEYS",
    ("apps.limits", "apps.api"): "networks are counted by the device of the request",
    ("apps.auditlog", "apps.api"): "an event says from which device it came",
    ("apps.users", "apps.api"): "bodies are read strictly",
    ("apps.users", "apps.auditlog"): "who changed whom is recorded",
    ("apps.users", "apps.mail"): "a new address is confirmed by mail, and the old one told",
    ("apps.users", "apps.limits"): "guesses at the current password are counted",
    ("apps.identity", "apps.api"): "a session remembers its device; too many tries are a 429",
    ("apps.identity", "apps.auditlog"): "log-outs, passwords and invitations are recorded",
    ("apps.identity", "apps.limits"): "mails and passwords are counted before they cost anything",
    ("apps.identity", "apps.mail"): "secrets reach people by mail",
    ("apps.identity", "apps.users"): "sessions, links and passwords are somebody's",
    ("apps.mail", "apps.api"): "a mail counts by the device of its request",
    ("apps.mail", "apps.auditlog"): "a mail that was withheld is recorded",
    ("apps.mail", "apps.limits"): "every mail is counted where it is sent",
    ("auth_backends", "apps.api"): "a log-in remembers its device; too many tries are a 429",
    ("auth_backends", "apps.auditlog"): "log-ins, failed ones and reuse are recorded",
    ("auth_backends", "apps.identity"): "a token is good while its session is",
    ("auth_backends", "apps.users"): "an e-mail has one spelling at log-in too",
    (
        "auth_backends",
        "apps.limits",
    ): "guesses at passwords are counted before they are hashed",
    ("middleware", "apps.api"): "every line, limit and error looks as in the API",
    ("middleware", "apps.limits"): "a request is let in before anything is asked for it",
}

#: Everything below it is wired by this one, which nobody imports.
WIRING = "multitenant"

HOMELESS = {"base", "common", "core", "helpers", "mixins", "services", "utils"}

#: What nothing may say, and why.
FORBIDDEN = {
    r"UpdateCacheMiddleware|FetchFromCacheMiddleware|cache_page": "a page cached for one shop "
    "would be served to another",
    r"\.extra\(|RawSQL": "SQL beside the ORM passes its wall",
    r"ATOMIC_REQUESTS[\"']?\s*[=:]\s*True": "a 401 must not undo what it leaves behind",
    r"\*\*(self\.)?request\b": "a client would choose the lookups of a query",
    r"X_FORWARDED_HOST|USE_X_FORWARDED_HOST": "the shop is named by the Host header alone",
}

LONGEST_MODULE = 250
LONGEST_FUNCTION = 40

#: What is longer, and why.
LONG_MODULES = {
    "apps/server/embedded.py": "one cluster from initdb to its end; its steps share every name",
    "multitenant/settings.py": "all settings in one flat file, nothing to fold away",
}
LONG_FUNCTIONS: dict[str, str] = {}


def modules() -> list[Path]:
    found = [path for top in TOPS for path in (ROOT / top).rglob("*.py")]
    return sorted([*found, ROOT / "manage.py"])


def sources() -> list[Path]:
    """Every module that somebody wrote."""
    return [path for path in modules() if path.parent.name != "migrations"]


def package_of(dotted: str) -> str:
    """Return the package that a module belongs to: `apps.users`, `middleware`, `django`."""
    parts = dotted.split(".")
    return ".".join(parts[:2]) if parts[0] == "apps" else parts[0]


def imports_of(source: str, package: str) -> Iterator[str]:
    """Yield the package of every import in a module of `package`, wherever in the module it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (package_of(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield package
            elif node.module == "apps":
                yield from (f"apps.{alias.name}" for alias in node.names)
            else:
                yield package_of(node.module or "")


def arrows() -> set[tuple[str, str]]:
    """Return who imports whom, our own packages only."""
    found = set()
    for path in modules():
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        package = package_of(dotted)
        for target in imports_of(path.read_text(), package):
            if target.split(".")[0] in TOPS and target != package:
                found.add((package, target))
    return found


def test_nobody_imports_the_wiring():
    assert [source for source, target in arrows() if target == WIRING] == []


def test_core_stands_on_django_alone():
    standard = set(sys.stdlib_module_names) | {"__future__"}
    used = {
        target
        for path in (ROOT / "apps" / "tenants").rglob("*.py")
        for target in imports_of(path.read_text(), CORE)
    }

    assert used - standard == CORE_STANDS_ON | {CORE}


def test_arrows_between_packages_are_the_declared_ones():
    features = {
        (source, target)
        for source, target in arrows()
        if source not in {WIRING, "manage"} and target != CORE
    }

    assert features == set(ARROWS)


def test_declared_arrows_form_no_cycle():
    def below(package: str) -> set[str]:
        direct = {target for source, target in ARROWS if source == package}
        return direct.union(*(below(target) for target in direct))

    assert [package for package, _ in ARROWS if package in below(package)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from multitenant.settings import DEBUG",
        "import multitenant.settings",
        "def f():\n    from multitenant import urls",
        "if TYPE_CHECKING:\n    import multitenant",
    ],
)
def test_an_import_is_found_wherever_it_hides(source):
    assert "multitenant" in imports_of(source, "apps.users")


def test_an_app_is_named_by_its_whole_path():
    assert set(imports_of("from apps import users", "apps.products")) == {"apps.users"}
    assert set(imports_of("import apps.users.models", "apps.products")) == {"apps.users"}
    assert set(imports_of("from . import models", "apps.products")) == {"apps.products"}


def test_imports_stand_at_the_top():
    """One inside a function admits a cycle. An app's `ready()` is where its models exist."""
    hidden = {
        f"{path.relative_to(ROOT)}::{function.name}"
        for path in sources()
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert {place for place in hidden if not place.endswith("/apps.py::ready")} == set()


def test_every_module_has_a_name_of_its_own():
    homeless = [
        path.relative_to(ROOT)
        for path in modules()
        if HOMELESS & {path.stem, *path.relative_to(ROOT).parent.parts}
    ]

    assert homeless == []


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_forbidden_words_are_nowhere(pattern):
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}: {FORBIDDEN[pattern]}"
        for path in modules()
        for line in path.read_text().splitlines()
        if re.search(pattern, line)
    ]

    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "@cache_page(60)",
        'qs.extra(where=["1"])',
        "ATOMIC_REQUESTS = True",
        '"ATOMIC_REQUESTS": True',
        "Product.objects.filter(**request.GET)",
        "Product.objects.filter(**self.request.query_params.dict())",
        "Product(**request.data)",
    ],
)
def test_forbidden_words_are_recognised(line):
    assert any(re.search(pattern, line) for pattern in FORBIDDEN)


def test_long_modules_have_a_reason():
    long = {
        str(path.relative_to(ROOT))
        for path in sources()
        if len(path.read_text().splitlines()) > LONGEST_MODULE
    }

    assert long == set(LONG_MODULES)


def test_long_functions_have_a_reason():
    long = {
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == set(LONG_FUNCTIONS)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_file_names_no_index(name):
    text = (ROOT / name).read_text()

    assert "http" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_package_has_hashes(name):
    text = (ROOT / name).read_text().replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert len(pins) > 10
    assert [
        pin for pin in pins if not re.match(r"[\w.\[\]-]+==\S+.* --hash=sha256:[0-9a-f]{64}", pin)
    ] == []


def test_what_runs_is_pinned_alike_for_tests():
    """Tests run on what production runs on."""
    pinned = [
        set(re.findall(r"^([\w.\[\]-]+==[^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]

    assert pinned[0] <= pinned[1]


def test_tests_mirror_the_tree():
    """A test of nothing is a test of something that moved."""
    known = {"drills", "isolation", "proof"}
    lost = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("test_*.py")
        if path.parent != ROOT / "tests"
        and not (ROOT / path.parent.relative_to(ROOT / "tests")).is_dir()
        and path.parent.name not in known
    ]

    assert lost == []
