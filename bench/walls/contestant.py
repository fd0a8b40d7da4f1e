"""This project with one of its walls removed from a copy of its database."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from bench import database
from bench.commands import granian
from bench.contestants import ROOT, Ours
from bench.servers import Server

WITHOUT_POLICIES = """
DO $$ DECLARE name regclass; BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', name);
    END LOOP;
END $$
"""
WITHOUT_COMPOSITE_KEYS = """
DO $$ DECLARE key record; BEGIN
    FOR key IN SELECT conrelid::regclass AS name, conname FROM pg_constraint
                WHERE contype = 'f' AND cardinality(conkey) > 1 LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.name, key.conname);
    END LOOP;
END $$
"""


@dataclass
class Walls(Ours):
    """This project after `alteration` of its database, with `cursors` tenant or plain."""

    alteration: str = ""
    cursors: str = "tenant"
    settings_module: str = "bench.walls.settings"

    def prepare(self) -> None:
        super().prepare()
        if self.alteration:
            with database.connected(self.database) as cursor:
                cursor.execute(self.alteration)

    def environment(self) -> dict[str, str]:
        return super().environment() | {"BENCH_CURSORS": self.cursors}

    def server(self) -> Server:
        command = [sys.executable, "-m", *granian("bench.walls.wsgi:application", self.port)]
        return Server(command, self.port, self.lists[0], self.environment(), ROOT, self.log())
