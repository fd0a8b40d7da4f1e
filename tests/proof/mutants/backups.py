"""Mutants of the backup and the restore of one tenant."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from copy import copy
from unittest.mock import ANY

from apps.backups import archive, tenant_record
from apps.backups.tenant_rows import ShopRows
from tests.proof.mutants.mutant import instead_of, mutant, replace

OF_ARCHIVE = "tests/apps/backups/test_archive.py"
OF_ROWS = "tests/apps/backups/test_tenant_rows.py"
OF_SHOP = "tests/apps/backups/test_tenant_backup.py"


def run_with(patch, method, **methods):
    """Have a method of ShopRows call other methods than the instance's."""

    def run(self, *args):
        changed = copy(self)
        vars(changed).update(methods)
        return method(changed, *args)

    replace(patch, method, run)


@mutant(f"{OF_ROWS}::test_dump_contains_the_rows_of_one_shop")
def backup_by_the_owner(patch):
    """Rows are read as the owner, whom no policy binds."""
    run_with(patch, ShopRows.dump, bound=nullcontext)


@mutant(f"{OF_SHOP}::test_rows_shown_by_a_defective_policy_are_not_backed_up")
def backup_not_counted(patch):
    """Rows that a defective policy adds are written to the file."""
    run_with(patch, ShopRows.dump, count=lambda table: ANY)


@mutant(f"{OF_SHOP}::test_postgresql_refuses_a_row_of_another_shop_in_any_table")
def restore_inserts_any_rows(patch):
    """Rows are inserted as the owner, whom no policy binds."""
    run_with(patch, ShopRows.insert, bound=nullcontext)


@mutant(f"{OF_SHOP}::test_replace_restores_the_shop")
@instead_of(ShopRows.delete)
def restore_deletes_any_rows(original, self):
    """Rows are deleted as the owner, whom no policy binds."""
    self._run("RESET ROLE")
    original(self)
    self._run("SET LOCAL ROLE {role}")


@mutant(f"{OF_SHOP}::test_privileges_are_unchanged_after_a_restore")
@instead_of(ShopRows._run)
def restore_keeps_its_privileges(original, self, statement, *args, **kwargs):
    """After a restore the application may delete from the audit log."""
    if not statement.startswith("REVOKE"):
        original(self, statement, *args, **kwargs)


@mutant(f"{OF_SHOP}::test_rows_changed_by_a_trigger_roll_back")
@instead_of(ShopRows.dump)
def restore_not_compared(original, self, table, file=None):
    """Rows that differ from those of the file are committed."""
    digest = original(self, table, file)
    return digest if file else ANY


@mutant(f"{OF_SHOP}::test_file_of_another_shop_is_refused_by_its_manifest")
@instead_of(tenant_record.require_same_shop)
def restore_into_any_shop(original, path, shop, code):
    """A backup is restored into any shop."""
    here = tenant_record.TENANTS.filter(code=code).first()
    changed = {"id": str(here.pk)} if here else {"code": code}
    return original(path, shop | changed, code)


@mutant(f"{OF_ARCHIVE}::test_changed_manifest_is_refused")
@instead_of(archive._checked)
def backup_unsigned(original, *args, trusted):
    """An unsigned file is accepted without --trust."""
    return original(*args, trusted=True)


@mutant(f"{OF_SHOP}::test_address_and_confirmation_of_a_trusted_file_are_ignored")
@instead_of(tenant_record.restored_tenant)
def backup_not_validated(original, *args, is_signed):
    """A file that another installation signed is not validated as by the API."""
    return original(*args, is_signed=True)


@mutant(f"{OF_SHOP}::test_created_shop_gets_its_address_at_this_installation")
@instead_of(tenant_record.restored_tenant)
def restored_address(original, shop, *args, **kwargs):
    """A restored shop has the address of its file."""
    tenant = original(shop, *args, **kwargs)
    tenant.canonical_url = shop["canonical_url"]
    return tenant


@mutant(f"{OF_ARCHIVE}::test_file_that_appears_meanwhile_is_not_overwritten")
@instead_of(archive.new_archive)
@contextmanager
def backup_overwrites(original, path):
    """A file that appears meanwhile is overwritten."""
    with original(path) as file:
        yield file
        path.unlink(missing_ok=True)
