"""This project without one of its walls, or without the lists that it keeps."""

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
    """This project after `alteration` of its database, with `cursors` tenant or plain.

    Unless it `keeps` lists, each request renders one.
    """

    alteration: str = ""
    cursors: str = "tenant"
    keeps: bool = True
    settings_module: str = "bench.walls.settings"

    def prepare(self) -> None:
        super().prepare()
        if self.alteration:
            with database.connected(self.database) as cursor:
                cursor.execute(self.alteration)

    def environment(self) -> dict[str, str]:
        changes = {"BENCH_CURSORS": self.cursors, "BENCH_KEEPS": str(int(self.keeps))}
        return super().environment() | changes

    def server(self) -> Server:
        command = [sys.executable, "-m", *granian("bench.walls.wsgi:application", self.port)]
        return Server(command, self.port, self.lists[0], self.environment(), ROOT, self.log())
