"""A shop's backup and its way back with a wall down."""

from __future__ import annotations

from tests.proof.mutants.mutant import Mutants

ROWS = "apps/backups/rows.py"
SHOP = "apps/backups/shop.py"
OF_ROWS = "tests/apps/backups/test_rows.py"
OF_SHOP = "tests/apps/backups/test_shop.py"

BACKUPS = Mutants()

BACKUPS.code(
    "backup_by_the_owner",
    "rows are read as the owner, whom no policy stops",
    ROWS,
    "with self.bound(), archive.member(_member(table)) as file:",
    "with archive.member(_member(table)) as file:",
    f"{OF_ROWS}::test_dump_is_of_one_shop",
)
BACKUPS.code(
    "backup_not_counted",
    "what a hole in a policy adds is written down",
    SHOP,
    "if dumped != {table: digest.rows for table, digest in tables.items()}:",
    "if False:",
    f"{OF_SHOP}::test_rows_that_a_hole_in_a_policy_shows_are_not_written_down",
)
BACKUPS.code(
    "restore_inserts_any_rows",
    "rows are inserted as the owner, whom no policy stops",
    ROWS,
    "        with self.bound():\n",
    "        if True:\n",
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
    "apps/backups/registry.py",
    'if (here or shop)["id"] != shop["id"] or (here or shop)["code"] != code:',
    "if False:",
    f"{OF_SHOP}::test_other_shops_file_is_refused_by_its_manifest",
)
BACKUPS.code(
    "restore_leaves_its_rights",
    "after a restore the application may delete what was recorded",
    ROWS,
    '            self._run("REVOKE {right} ON {table} FROM {role}", table, right=right)\n',
    "            pass\n",
    f"{OF_SHOP}::test_rights_are_what_they_were",
)
