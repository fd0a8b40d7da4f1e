"""The commands of operators."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.users.models import User
from tests.answers import steady_headers
from tests.apps.api.assertions import problem
from tests.apps.tenants.factories import make_tenant
from tests.apps.users.factories import PASSWORD, make_user
from tests.apps.users.support import mails_to
from tests.conftest import ShopClient
from tests.processes import DEADLINE, until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def run(*args, **options):
    """Return the output of a command."""
    out = StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def suspend(client):
    """Suspend the client's shop, and wait until this process is notified."""
    run("suspend_shop", client.tenant.code)
    until(lambda: client.get("/api/shop/").status_code == 404)


def resume(client):
    run("resume_shop", client.tenant.code)
    until(lambda: client.get("/api/shop/").status_code == 200)


@pytest.fixture(autouse=True)
def _password(monkeypatch):
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)


def test_create_shop_opens_a_shop_whose_owner_can_log_in():
    output = run("create_shop", "pear", "Pear", "Boss@Pear.example", first_name="Kim")
    assert "pear" in output
    assert PASSWORD not in output
    shop = Tenant.objects.get(code="pear")
    assert shop.confirmed_at is not None
    assert mails_to("boss@pear.example") == []
    with tenant_context(shop):
        (owner,) = User.objects.all()
    assert (owner.email, owner.role, owner.first_name) == ("boss@pear.example", "owner", "Kim")
    credentials = {"email": "boss@pear.example", "password": PASSWORD}
    pear = ShopClient("pear.localhost:8000")
    assert pear.post("/api/auth/login/", credentials).status_code == 200


@pytest.mark.parametrize(
    ("code", "name", "email", "password"),
    [
        ("acme", "Acme", "boss@pear.example", PASSWORD),
        ("acme-st0re", "Acme", "boss@pear.example", PASSWORD),
        ("admin", "Admin", "boss@pear.example", PASSWORD),
        ("ab", "Ab", "boss@pear.example", PASSWORD),
        ("xn--pear", "Pear", "boss@pear.example", PASSWORD),
        ("pear", "", "boss@pear.example", PASSWORD),
        ("pear", "x" * 101, "boss@pear.example", PASSWORD),
        ("pear", "Pear", "no address", PASSWORD),
        ("pear", "Pear", "boss@pear.example", "short"),
        ("pear", "Pear", "boss@pear.example", "password"),
    ],
)
def test_create_shop_refuses_with_a_command_error(monkeypatch, code, name, email, password):
    make_tenant("acme")
    make_tenant("acme-store")
    monkeypatch.setenv("OWNER_PASSWORD", password)
    with pytest.raises(CommandError) as caught:
        run("create_shop", code, name, email, first_name="Kim")
    assert str(caught.value)
    assert caught.value.returncode != 0
    assert set(Tenant.objects.values_list("code", flat=True)) == {"acme", "acme-store"}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("command", ["suspend_shop", "resume_shop"])
def test_kelvin_sign_is_not_read_as_k(command):
    make_tenant("kiln")

    with pytest.raises(CommandError, match="no shop with the code"):
        run(command, "\u212ailn")


def test_list_shops_names_each_with_its_status():
    make_tenant("acme", name="Acme & Co")
    make_tenant("globex", status="suspended")
    lines = run("list_shops").splitlines()
    (acme,) = [line for line in lines if "acme" in line.split()]
    (globex,) = [line for line in lines if "globex" in line.split()]
    assert ("open" in acme.split(), "Acme & Co" in acme) == (True, True)
    assert "suspended" in globex.split()


def test_list_shops_works_on_an_empty_platform():
    assert "acme" not in run("list_shops")


@pytest.fixture
def staffed():
    """A shop with a user who is logged in."""
    shop = make_tenant("acme")
    client = ShopClient("acme.localhost:8000", shop)
    with tenant_context(shop):
        return client.as_(make_user("owner@acme.example"))


@pytest.mark.parametrize(
    "path",
    ["/", "/api/shop/", "/api/users/", "/api/products/", "/api/docs/", "/api/schema/", "/nope"],
)
def test_suspended_shop_responds_like_an_unknown_one(staffed, path):
    assert staffed.get("/api/users/").status_code == 200
    suspend(staffed)
    unknown = staffed.get(path, HTTP_HOST="never-was.localhost:8000")
    suspended = staffed.get(path)
    problem(suspended, 404)
    assert (suspended.content, steady_headers(suspended)) == (
        unknown.content,
        steady_headers(unknown),
    )


@pytest.mark.parametrize("path", ["/api/auth/login/", "/api/auth/refresh/", "/api/products/"])
def test_suspended_shop_refuses_writes(staffed, path):
    suspend(staffed)
    body = {"email": "owner@acme.example", "password": PASSWORD}
    unknown = staffed.post(path, body, HTTP_HOST="never-was.localhost:8000")
    suspended = staffed.post(path, body)
    problem(suspended, 404)
    assert (suspended.content, steady_headers(suspended)) == (
        unknown.content,
        steady_headers(unknown),
    )


def test_suspending_and_resuming_act_at_once_although_shops_are_cached(staffed):
    for _ in range(5):
        assert staffed.get("/api/users/").status_code == 200
        suspend(staffed)
        problem(staffed.get("/api/users/"), 404)
        resume(staffed)


def test_tokens_of_a_suspended_shop_work_again_after_it_resumes(staffed):
    refresh = staffed.post(
        "/api/auth/login/", {"email": "owner@acme.example", "password": PASSWORD}
    ).json()["refresh"]
    suspend(staffed)
    problem(staffed.get("/api/auth/me/"), 404)
    problem(staffed.post("/api/auth/refresh/", {"refresh": refresh}), 404)
    resume(staffed)
    assert staffed.get("/api/auth/me/").json()["email"] == "owner@acme.example"
    assert staffed.post("/api/auth/refresh/", {"refresh": refresh}).status_code == 200


def test_suspending_one_shop_leaves_the_other(staffed):
    globex = make_tenant("globex")
    suspend(staffed)
    assert ShopClient("globex.localhost:8000", globex).get("/api/shop/").status_code == 200


@pytest.mark.parametrize("command", ["suspend_shop", "resume_shop"])
@pytest.mark.parametrize("code", ["never-was", "", "ACME'; DROP TABLE users", "a" * 200])
def test_unknown_shop_is_a_command_error(command, code):
    make_tenant("acme")
    with pytest.raises(CommandError) as caught:
        run(command, code)
    assert caught.value.returncode != 0
    assert list(Tenant.objects.values_list("code", "status")) == [("acme", "open")]


@pytest.mark.parametrize("command", ["suspend_shop", "resume_shop"])
def test_closed_shop_stays_closed(command):
    make_tenant("acme", status="closed")
    with pytest.raises(CommandError):
        run(command, "acme")
    assert Tenant.objects.get().status == "closed"


def manage(*args):
    """Run manage.py in a separate process on the tests' database."""
    database = connections["owner"].settings_dict
    here = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "PYTHONPATH": str(settings.ROOT_DIR),
    }
    code = (
        "import sys; from django.conf import settings; settings.EMBEDDED_POSTGRES = None\n"
        f"for each in settings.DATABASES.values(): each['NAME'] = {database['NAME']!r}\n"
        "from django.core.management import execute_from_command_line as run\n"
        "run(['manage.py', *sys.argv[1:]])"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        env=here,
        cwd=settings.ROOT_DIR,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


def test_commands_have_an_exit_code():
    done = manage("create_shop", "pear", "Pear", "boss@pear.example", "--first-name", "Kim")
    assert (done.returncode, Tenant.objects.get().code) == (0, "pear"), done.stderr
    for args in (
        ("create_shop", "pear", "Pear", "boss@pear.example"),
        ("create_shop", "admin", "Pear", "boss@pear.example"),
        ("suspend_shop", "never-was"),
        ("resume_shop", "never-was"),
    ):
        failed = manage(*args)
        assert failed.returncode != 0
        assert "Traceback" not in failed.stderr
        assert failed.stderr.strip()
    assert manage("list_shops").returncode == 0
    assert manage("suspend_shop", "pear").returncode == 0
    assert Tenant.objects.get().status == "suspended"


def test_other_process_suspends_at_once(staffed):
    """This process has the shop in its cache; another one suspends it."""
    assert staffed.get("/api/users/").status_code == 200
    assert manage("suspend_shop", "acme").returncode == 0
    problem(staffed.get("/api/users/"), 404)
