"""A shop's backup and its way back with a wall down."""

from __future__ import annotations

from tests.proof.mutants.mutant import Mutants

ROWS = "apps/backups/rows.py"
SHOP = "apps/backups/shop.py"
ARCHIVE = "apps/backups/archive.py"
REGISTRY = "apps/backups/registry.py"
OF_ARCHIVE = "tests/apps/backups/test_archive.py"
OF_ROWS = "tests/apps/backups/test_rows.py"
OF_SHOP = "tests/apps/backups/test_shop.py"

BACKUPS = Mutants()

BACKUPS.code(
    "backup_by_the_owner",
    "rows are read as the owner, whom no policy stops",
    ROWS,
    'with self.bound():\n            self._run(f"COPY',
    'if True:\n            self._run(f"COPY',
    f"{OF_ROWS}::test_dump_is_of_one_shop",
)
BACKUPS.code(
    "backup_not_counted",
    "what a hole in a policy adds is written down",
    ROWS,
    "if digest.rows != self.count(table):",
    "if False:",
    f"{OF_SHOP}::test_rows_that_a_hole_in_a_policy_shows_are_not_written_down",
)
BACKUPS.code(
    "restore_inserts_any_rows",
    "rows are inserted as the owner, whom no policy stops",
    ROWS,
    'with self.bound():\n            self._run("INSERT',
    'if True:\n            self._run("INSERT',
    f"{OF_SHOP}::test_postgresql_refuses_a_row_of_another_shop_in_any_table",
)
BACKUPS.code(
    "restore_deletes_any_rows",
    "rows are deleted as the owner, whom no policy stops",
    SHOP,
    "            with rows.bound():\n",
    "            if True:\n",
    f"{OF_SHOP}::test_replace_puts_the_shop_back_to_what_it_was",
)
BACKUPS.code(
    "restore_of_any_shop",
    "a backup is restored whatever shop was named",
    REGISTRY,
    'if here.pk != UUID(shop["id"]) if here else shop["code"] != code:',
    "if False:",
    f"{OF_SHOP}::test_other_shops_file_is_refused_by_its_manifest",
)
BACKUPS.code(
    "restore_leaves_its_rights",
    "after a restore the application may delete what was recorded",
    ROWS,
    '            self._run(f"REVOKE {right} ON {{table}} FROM {{role}}", table)\n',
    "            pass\n",
    f"{OF_SHOP}::test_rights_are_what_they_were",
)
BACKUPS.code(
    "restore_not_compared",
    "rows that are not those of the file are committed",
    SHOP,
    "        if wrong:\n",
    "        if False:\n",
    f"{OF_SHOP}::test_rows_that_change_on_their_way_in_undo_everything",
)
BACKUPS.code(
    "backup_unsigned",
    "a file that this installation did not sign is taken without --trust",
    ARCHIVE,
    "if not is_signed and not trusted:",
    "if False:",
    f"{OF_ARCHIVE}::test_changed_manifest_is_refused",
)
BACKUPS.code(
    "backup_believed",
    "a file that another installation signed says what the API would refuse",
    REGISTRY,
    "    if is_signed:\n",
    "    if True:\n",
    f"{OF_SHOP}::test_trusted_file_says_neither_address_nor_confirmation",
)
BACKUPS.code(
    "restored_address",
    "a restored shop has the address that its file says",
    REGISTRY,
    ' | {"canonical_url": ""}',
    "",
    f"{OF_SHOP}::test_shop_that_is_entered_again_gets_its_address_here",
)
BACKUPS.code(
    "backup_overwrites",
    "a file that appeared meanwhile is overwritten",
    ARCHIVE,
    "        _require_absent(path)\n        draft.rename(path)\n",
    "        draft.rename(path)\n",
    f"{OF_ARCHIVE}::test_file_that_appears_meanwhile_is_not_overwritten",
)
