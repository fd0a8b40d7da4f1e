"""The structure of the project: layers, imports, names and sizes of modules."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("apps", "auth_backends", "middleware", "multitenant")

#: The dependencies of the core, besides the standard library.
CORE = "apps.tenants"
CORE_DEPENDENCIES = {"django", "psycopg2", "uuid_utils"}

#: The packages from the lowest up. A module imports its own package and those before it.
LAYERS = [
    "apps.tenants",
    "apps.throttling",
    "apps.load_shedding",
    "apps.audit",
    "apps.jobs",
    "apps.mail",
    "apps.users",
    "apps.shops",
    "apps.products",
    "auth_backends",
    "apps.pages",
    "apps.storefront",
    "apps.backoffice",
    "apps.frontdoor",
    "apps.backups",
    "apps.server",
    "apps.demo",
    "apps.embedded_postgres",
    "middleware",
]

#: The DRF classes of the project. Only the HTTP modules of a package may import it.
API = "apps.api"
HTTP_MODULES = {
    "filters",
    "permissions",
    "reauthentication",
    "serializer_fields",
    "serializers",
    "urls",
    "urls_platform",
    "views",
}
HTTP_PACKAGES = {API, "apps.pages", "apps.server", "auth_backends", "middleware"}
HTTP_LIBRARIES = {API, "rest_framework", "drf_spectacular", "django_filters"}

#: The project package, which nothing imports.
WIRING = "multitenant"

VAGUE_NAMES = {"base", "common", "core", "helpers", "mixins", "services", "utils"}

#: Patterns forbidden in the source, with reasons.
FORBIDDEN = {
    r"UpdateCacheMiddleware|FetchFromCacheMiddleware|cache_page": "a page cached for one shop "
    "would be served to another",
    r"\.extra\(|RawSQL": "SQL beside the ORM is not filtered by it",
    r"ATOMIC_REQUESTS[\"']?\s*[=:]\s*True": "a 401 must not undo what it leaves behind",
    r"\*\*(self\.)?request\b": "a client would choose the lookups of a query",
    r"X_FORWARDED_HOST|USE_X_FORWARDED_HOST": "the shop is named by the Host header alone",
}

LONGEST_MODULE = 250
LONGEST_FUNCTION = 40

#: What is longer, and why.
LONG_MODULES = {
    "multitenant/settings.py": "all settings in one flat file, nothing to fold away",
}
LONG_FUNCTIONS: dict[str, str] = {}


def modules() -> list[Path]:
    found = [path for top in TOPS for path in (ROOT / top).rglob("*.py")]
    return sorted([*found, ROOT / "manage.py"])


def sources() -> list[Path]:
    """Every module but migrations."""
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


def imports() -> Iterator[tuple[Path, str, str]]:
    """Yield each module with its package and the package of each of its imports."""
    for path in modules():
        package = package_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for target in imports_of(path.read_text(), package):
            yield path.relative_to(ROOT), package, target


def is_http(path: Path, package: str) -> bool:
    return package in HTTP_PACKAGES or bool(HTTP_MODULES & {path.stem, *path.parts})


def test_project_package_is_not_imported():
    outside = [path for path, package, target in imports() if target == WIRING != package]

    assert outside == []


def test_core_depends_on_django_alone():
    standard = set(sys.stdlib_module_names) | {"__future__"}
    used = {
        target
        for path in (ROOT / "apps" / "tenants").rglob("*.py")
        for target in imports_of(path.read_text(), CORE)
    }

    assert used - standard == CORE_DEPENDENCIES | {CORE}


def test_every_package_has_a_layer():
    packages = {package for _, package, _ in imports()} - {API, WIRING, "manage", "apps"}

    assert packages == set(LAYERS)


def test_imports_point_down():
    upward = [
        f"{path} imports {target}"
        for path, package, target in imports()
        if package in LAYERS and target in LAYERS and LAYERS.index(target) > LAYERS.index(package)
    ]

    assert upward == []


def test_domain_modules_know_no_http():
    found = [
        f"{path} imports {target}"
        for path, package, target in imports()
        if package in LAYERS and target in HTTP_LIBRARIES and not is_http(path, package)
    ]

    assert found == []


def test_api_knows_features_by_their_exceptions_alone():
    source = "\n".join(path.read_text() for path in (ROOT / "apps/api").glob("*.py"))
    found = set(re.findall(r"from (apps\.(?!api|tenants)[\w.]+) import", source))

    assert {name for name in found if not name.endswith(".exceptions")} == set()


def test_reverse_accessors_stay_within_an_app():
    """`user.products` would let a lower app reach a higher one without an import."""
    found = [
        str(field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model
        and field.related_model._meta.app_label != model._meta.app_label
        and not field.remote_field.hidden
        and model.__module__.startswith("apps.")
    ]

    assert found == []


def test_models_are_imported_by_name():
    """`get_model()` would hide an import from these tests."""
    lookups = [
        str(path.relative_to(ROOT)) for path in sources() if "get_model(" in path.read_text()
    ]

    assert lookups == []


@pytest.mark.parametrize(
    "source",
    [
        "from multitenant.settings import DEBUG",
        "import multitenant.settings",
        "def f():\n    from multitenant import urls",
        "if TYPE_CHECKING:\n    import multitenant",
    ],
)
def test_hidden_import_is_found(source):
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


def test_module_names_are_specific():
    homeless = [
        path.relative_to(ROOT)
        for path in modules()
        if VAGUE_NAMES & {path.stem, *path.relative_to(ROOT).parent.parts}
        and path.parts[-2:] not in {("management", "base.py"), ("postgresql", "base.py")}
    ]

    assert homeless == []


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_forbidden_patterns_are_absent(pattern):
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


def test_run_and_test_locks_agree():
    """Tests run on what production runs on."""
    pinned = [
        set(re.findall(r"^([\w.\[\]-]+==[^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]

    assert pinned[0] <= pinned[1]


def test_tests_mirror_the_tree():
    """A test without its package was left behind by a move."""
    known = {"browser", "drills", "isolation", "load", "proof"}
    lost = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("test_*.py")
        if path.parent != ROOT / "tests"
        and not (ROOT / path.parent.relative_to(ROOT / "tests")).is_dir()
        and path.parent.name not in known
    ]

    assert lost == []
