"""Machines with something wrong: what is compared has to notice it."""

from __future__ import annotations

from typing import Any

from django.test import override_settings

from tests.apps.audit.factories import make_audit_event
from tests.isolation.fixtures import plain_twin
from tests.isolation.machine import Machine, urls_harmful
from tests.isolation.machine.foundation import inside, operation, shops
from tests.isolation.machine.memory import MODELS, Row, Shop


class MachineWithSQLOfTheOwner(Machine):
    """The control: its SQL runs as the schema's owner, whom no policy stops."""

    alias = "owner"


class MachineWithPlainManagers(Machine):
    """The control: its ORM has Django's own managers, on the owner's connection."""

    def objects(self, table: str) -> Any:
        return plain_twin(MODELS[table]._meta.label).objects.using("owner")


class MachineThatChangesElsewhere(Machine):
    """The control: SQL of the schema's owner changes a row of another shop unseen."""

    @operation("SQL", active=shops)
    def change_elsewhere(self, active: Shop) -> None:
        with inside(active):
            urls_harmful.change_a_row_elsewhere()
        self.may_change = active


class MachineThatAddsElsewhere(Machine):
    """The control: the ORM adds a row to another shop, which it enters unseen."""

    @operation("ORM", active=shops, elsewhere=shops)
    def add_elsewhere(self, active: Shop, elsewhere: Shop) -> None:
        if elsewhere is not active:
            with inside(active), inside(elsewhere):
                make_audit_event()
        self.may_change = active


class MachineAtAHarmfulSite(Machine):
    """The control: a view over HTTP answers rightly, and changes a row of another shop unseen."""

    def ask(self, who: Row | None, at: Shop, method: str, path: str, body: Any = None) -> Any:
        with override_settings(SHOP_URLCONF=urls_harmful.__name__):
            return super().ask(who, at, method, path, body)


#: What goes wrong shows in what their operations find.
CONTROLS = [MachineWithSQLOfTheOwner, MachineWithPlainManagers]
#: It shows in no operation, only in the comparison of all shops after it.
SILENT_CONTROLS = [MachineThatChangesElsewhere, MachineThatAddsElsewhere, MachineAtAHarmfulSite]
