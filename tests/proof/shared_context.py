"""Settings of the control: all threads of a process have one active tenant, the last one set.

That is right while requests are served one after the other, on whatever connection.
"""

from __future__ import annotations

from typing import Any

from apps.tenants import context
from multitenant.settings import *  # noqa: F403 -- nothing else differs


class SharedVariable:
    """A context variable that all threads share."""

    value: Any = None

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> Any:
        before, self.value = self.value, value
        return before

    def reset(self, before: Any) -> None:
        self.value = before


context._active_tenant = SharedVariable()
