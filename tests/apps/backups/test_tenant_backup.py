"""Backup and restore of one shop do not affect other shops."""

from __future__ import annotations

import pytest

from apps.tenants.context import tenant_context
from apps.tenants.isolation import find_violations
from apps.tenants.models import Tenant
from tests.apps.backups.files import (
    as_owner,
    forge,
    lose_rows,
    lose_shop,
    make_shop,
    parts,
    refusal,
    run,
)
from tests.apps.products.factories import make_product
from tests.apps.users.factories import make_user
from tests.isolation.fixtures import ROWS, fingerprint, tenant_owned_models

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

TABLES = {model._meta.db_table for model in tenant_owned_models()}


def test_backup_contains_only_the_rows_of_its_shop(acme, globex, file):
    members, manifest = parts(file)

    assert len(ROWS) == len(TABLES) == 25
    assert members.keys() == {f"{table}.copy" for table in TABLES}
    assert {table: digest.rows >= 2 for table, digest in manifest.tables.items()} == dict.fromkeys(
        TABLES, True
    )
    for table, digest in manifest.tables.items():
        _head, *rows = members[f"{table}.copy"].splitlines()
        assert len(rows) == digest.rows
        assert all(str(acme.pk).encode() in row for row in rows)
        assert not any(str(globex.pk).encode() in row for row in rows)


def test_lost_rows_are_restored_byte_for_byte(acme, globex, file):
    before, theirs = fingerprint(acme), fingerprint(globex)
    lose_rows(acme)
    assert {table for table, (count, _) in fingerprint(acme).items() if count} == {"tenants"}

    run("restore", file, "--shop", "acme")

    assert (fingerprint(acme), fingerprint(globex)) == (before, theirs)


def test_existing_rows_are_not_replaced_by_default(acme, file):
    with tenant_context(acme):
        make_product("new")
    before = fingerprint(acme)

    assert "The shop acme has rows (" in (said := refusal("restore", file, "--shop", "acme"))
    assert "products 4" in said
    assert fingerprint(acme) == before


def test_replace_restores_the_shop(acme, globex, file):
    before, theirs = fingerprint(acme), fingerprint(globex)
    with tenant_context(acme):
        make_product("new")
        as_owner("UPDATE tenants SET name = 'Other', storefront_origins = '{}' WHERE code = 'acme'")
    changed = fingerprint(acme)
    assert {table for table in before if before[table] != changed[table]} == {"products", "tenants"}

    run("restore", file, "--shop", "acme", "--replace")

    assert (fingerprint(acme), fingerprint(globex)) == (before, theirs)


def test_status_and_address_are_not_restored(acme, file):
    as_owner("UPDATE tenants SET status = 'suspended', canonical_url = 'https://a.example/'")

    run("restore", file, "--shop", "acme", "--replace")

    acme.refresh_from_db()
    assert (acme.status, acme.canonical_url) == ("suspended", "https://a.example/")


def test_unknown_shop_is_created_with_its_id(acme, globex, file):
    before, theirs = fingerprint(acme), fingerprint(globex)
    lose_shop(acme)
    assert not Tenant.objects.filter(code="acme").exists()

    run("restore", file, "--shop", "acme")

    assert (fingerprint(acme), fingerprint(globex)) == (before, theirs)


def test_created_shop_gets_its_address_at_this_installation(acme, file, settings):
    lose_shop(acme)
    settings.SITE_SCHEME, settings.BASE_DOMAIN, settings.SITE_PORT = "https", "new.example", ""

    run("restore", file, "--shop", "acme")

    assert Tenant.objects.get(code="acme").canonical_url == "https://acme.new.example/"


def say(**values):
    """Return a change of the tenant in a file."""

    def change(members, manifest):
        manifest.shop = {**manifest.shop, **values}

    return change


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ({"name": ""}, "This field cannot be blank."),
        ({"name": "x" * 101}, "Ensure this value has at most 100 characters (it has 101)."),
        ({"name": None}, "This field cannot be null."),
        ({"status": "free"}, "Value 'free' is not a valid choice."),
        ({"storefront_origins": ["http://evil.example"]}, "Use https, except on localhost."),
        ({"storefront_origins": ["https://evil.example/"]}, "Write an origin as"),
        ({"storefront_origins": [1]}, ""),
        ({"storefront_origins": 1}, ""),
        ({"storefront_origins": [f"https://a{n}.example" for n in range(21)]}, "no more than 20"),
    ],
)
def test_file_of_another_installation_is_validated(acme, file, settings, said, because):
    forged = forge(file, say(**said))
    settings.SECRET_KEY = "another " * 8
    before = fingerprint(acme)

    sentence = refusal("restore", forged, "--shop", "acme", "--replace", "--trust")

    assert sentence.startswith("The shop in the file is not valid.")
    assert because in sentence
    assert fingerprint(acme) == before


@pytest.mark.parametrize("code", ["admin", "1ogin", "Acme", "a.b", "\u212ailn"])
def test_invalid_code_is_refused_with_trust_too(acme, file, settings, code):
    lose_shop(acme)
    forged = forge(file, say(code=code))
    settings.SECRET_KEY = "another " * 8

    refusal("restore", forged, "--shop", code, "--trust")

    assert not Tenant.objects.filter(pk=acme.pk).exists()


def test_address_and_confirmation_of_a_trusted_file_are_ignored(acme, file, settings):
    as_owner("UPDATE tenants SET confirmed_at = NULL")
    lose_shop(acme)
    forged = forge(
        file, say(canonical_url="https://evil.example/", confirmed_at="2026-11-22T00:00:00Z")
    )
    settings.SECRET_KEY = "another " * 8

    run("restore", forged, "--shop", "acme", "--trust")

    shop = Tenant.objects.get(code="acme")
    assert (shop.canonical_url, shop.confirmed_at) == ("http://acme.localhost:8000/", None)


@pytest.mark.parametrize("confirmed_at", [None, "2026-11-20T00:00:00Z"])
def test_restore_does_not_change_the_confirmation(acme, file, settings, confirmed_at):
    forged = forge(file, say(confirmed_at="2026-11-22T00:00:00Z"))
    settings.SECRET_KEY = "another " * 8
    as_owner("UPDATE tenants SET confirmed_at = %s", confirmed_at)
    acme.refresh_from_db()
    before = acme.confirmed_at

    run("restore", forged, "--shop", "acme", "--replace", "--trust")

    acme.refresh_from_db()
    assert acme.confirmed_at == before


@pytest.mark.parametrize("taker", ["acme", "acrne", "globex"])
def test_file_is_not_restored_into_another_code(acme, globex, file, taker):
    lose_shop(acme)
    if taker == "acme":
        make_shop("acme")
    before = fingerprint(Tenant.objects.get(code=taker)) if taker != "acrne" else None

    said = refusal("restore", file, "--shop", taker)

    assert said == f"{file} is a backup of the shop acme, not of {taker}."
    if before:
        assert fingerprint(Tenant.objects.get(code=taker)) == before


def test_code_that_looks_like_another_is_refused(tmp_path):
    shop = make_shop("lily")
    run("backup", tmp_path / "lily.zip", "--shop", "lily")
    lose_shop(shop)
    make_shop("1i1y")

    assert "the shop 1i1y has the same code skeleton" in refusal(
        "restore", tmp_path / "lily.zip", "--shop", "lily"
    )
    assert not Tenant.objects.filter(code="lily").exists()


def test_renamed_shop_is_identified_by_its_id(acme, file):
    before = fingerprint(acme)
    lose_rows(acme)
    as_owner("UPDATE tenants SET code = 'acme-two' WHERE code = 'acme'")

    assert "the shop acme-two has the same id" in refusal("restore", file, "--shop", "acme")
    run("restore", file, "--shop", "acme-two")

    after = fingerprint(acme)
    assert {table for table in before if before[table] != after[table]} == {"tenants"}


def test_file_of_another_shop_is_refused_by_its_manifest(globex, file):
    before = fingerprint(globex)

    said = refusal("restore", file, "--shop", "globex", "--replace")

    assert said == f"{file} is a backup of the shop acme, not of globex."
    assert fingerprint(globex) == before


def test_postgresql_refuses_the_rows_of_a_forged_manifest(acme, globex, file):
    """The manifest is globex's, the checksums and the signature are valid, the rows are acme's."""
    lose_rows(globex)
    before = (fingerprint(acme), fingerprint(globex))

    def say_globex(members, manifest):
        manifest.shop = {**manifest.shop, "id": str(globex.pk), "code": "globex"}

    said = refusal("restore", forge(file, say_globex), "--shop", "globex")

    assert "violates row-level security policy for table" in said
    assert (fingerprint(acme), fingerprint(globex)) == before


@pytest.mark.parametrize("table", sorted(TABLES))
def test_postgresql_refuses_a_row_of_another_shop_in_any_table(acme, globex, file, table):
    lose_rows(acme)
    before = (fingerprint(acme), fingerprint(globex))

    def give_away(members, manifest):
        head, first, *others = members[f"{table}.copy"].split(b"\n")
        first = first.replace(str(acme.pk).encode(), str(globex.pk).encode())
        members[f"{table}.copy"] = b"\n".join([head, first, *others])

    said = refusal("restore", forge(file, give_away), "--shop", "acme")

    assert said.endswith(f'violates row-level security policy for table "{table}"')
    assert (fingerprint(acme), fingerprint(globex)) == before


def test_reference_to_another_shops_row_is_refused(acme, globex, file):
    lose_rows(acme)
    [(theirs,)] = as_owner("SELECT min(id::text) FROM users WHERE tenant_id = %s", globex.pk)
    before = (fingerprint(acme), fingerprint(globex))

    def refer(members, manifest):
        head, row, *others = members["products.copy"].split(b"\n")
        values = row.split(b"\t")
        values[head.split(b"\t").index(b"added_by_id")] = theirs.encode()
        members["products.copy"] = b"\n".join([head, b"\t".join(values), *others])

    said = refusal("restore", forge(file, refer), "--shop", "acme")

    assert "violates foreign key constraint" in said
    assert (fingerprint(acme), fingerprint(globex)) == before


@pytest.mark.parametrize(
    ("end_of_rows", "because"),
    [
        (b"", "invalid input syntax for type uuid"),
        (b"\\.\n", "The rows do not match the manifest in users."),  # PostgreSQL reads no further
    ],
)
def test_file_is_not_executed_as_sql(acme, globex, file, end_of_rows, because):
    """Control: the same statement, run as SQL, changes globex."""
    before = fingerprint(globex)

    def add_commands(members, manifest):
        members["users.copy"] += end_of_rows + b"UPDATE tenants SET name = 'x';\n\\! touch x\n"

    said = refusal("restore", forge(file, add_commands), "--shop", "acme", "--replace")

    assert because in said
    assert fingerprint(globex) == before
    as_owner("UPDATE tenants SET name = 'x'")
    assert fingerprint(globex) != before


@pytest.mark.parametrize("replace", [[], ["--replace"]])
def test_rows_that_differ_from_the_manifest_roll_back(acme, file, replace):
    if not replace:
        lose_rows(acme)
    before = fingerprint(acme)

    def drop_a_row(members, manifest):
        members["audit_events.copy"] = members["audit_events.copy"].rpartition(b"\n")[0]
        members["audit_events.copy"] = members["audit_events.copy"].rpartition(b"\n")[0] + b"\n"

    said = refusal("restore", forge(file, drop_a_row), "--shop", "acme", *replace)

    assert said == "The rows do not match the manifest in audit_events."
    assert fingerprint(acme) == before


def test_rows_changed_by_a_trigger_roll_back(acme, file):
    """The number of rows is that of the manifest, but each has another text."""
    before = fingerprint(acme)
    as_owner(
        "CREATE FUNCTION shorten() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.name = 'x'; RETURN NEW; END $$"
    )
    as_owner(
        "CREATE TRIGGER shorten BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION shorten()"
    )
    try:
        said = refusal("restore", file, "--shop", "acme", "--replace")
    finally:
        as_owner("DROP FUNCTION shorten CASCADE")

    assert said == "The rows do not match the manifest in products."
    assert fingerprint(acme) == before


def test_other_migrations_are_refused(acme, file):
    lose_rows(acme)
    before = fingerprint(acme)
    as_owner(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('users', '0099_later', now())"
    )
    try:
        said = refusal("restore", file, "--shop", "acme")
    finally:
        as_owner("DELETE FROM django_migrations WHERE name = '0099_later'")

    assert said.endswith("the migrations users.0099_later differ.")
    assert fingerprint(acme) == before
    run("restore", file, "--shop", "acme")


def test_privileges_are_unchanged_after_a_restore(acme, file):
    """The role may not delete from the audit log, except during --replace."""
    assert find_violations() == []

    run("restore", file, "--shop", "acme", "--replace")

    assert find_violations() == []


def test_users_log_in_after_a_restore(acme, file, acme_client):
    with tenant_context(acme):
        user = make_user("boss@acme.example")
    run("backup", file.with_name("later.zip"), "--shop", "acme")
    client = acme_client.as_(user)
    assert client.get("/api/users/").status_code == 200
    lose_rows(acme)
    assert client.get("/api/users/").status_code == 401

    run("restore", file.with_name("later.zip"), "--shop", "acme")

    credentials = {"email": "boss@acme.example", "password": "correct horse battery"}
    assert acme_client.post("/api/auth/login/", credentials).status_code == 200


def test_unknown_shop_is_not_backed_up(acme, tmp_path):
    said = refusal("backup", tmp_path / "x.zip", "--shop", "never-was")

    assert said == "There is no shop with the code never-was."
    assert list(tmp_path.iterdir()) == []


def test_role_that_bypasses_the_policies_is_refused(acme, tmp_path, settings):
    """Such a role would dump the rows of every shop."""
    default = settings.DATABASES["default"]
    bound, default["USER"] = default["USER"], settings.DATABASES["owner"]["USER"]
    try:
        said = refusal("backup", tmp_path / "x.zip", "--shop", "acme")
    finally:
        default["USER"] = bound

    assert "is not bound by row-level security" in said
    assert list(tmp_path.iterdir()) == []
    run("backup", tmp_path / "x.zip", "--shop", "acme")


def test_rows_shown_by_a_defective_policy_are_not_backed_up(acme, globex, tmp_path):
    as_owner("CREATE POLICY beside ON products USING (true)")
    try:
        said = refusal("backup", tmp_path / "x.zip", "--shop", "acme")
    finally:
        as_owner("DROP POLICY beside ON products")

    assert said == "The policies on products show other rows than the shop has."
    assert list(tmp_path.iterdir()) == []


def test_missing_membership_is_reported_with_its_grant(acme, tmp_path, settings):
    default = settings.DATABASES["default"]
    member, default["USER"] = default["USER"], "pg_monitor"
    try:
        said = refusal("backup", tmp_path / "x.zip", "--shop", "acme")
    finally:
        default["USER"] = member

    assert said.endswith("As a superuser, run: GRANT pg_monitor TO galleria_owner;")
