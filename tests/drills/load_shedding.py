"""Load shedding that is fair between shops only."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import AbstractContextManager

from django.conf import settings

from apps.load_shedding.limiter import FairConcurrencyLimiter
from middleware import load_shedding


class TenantsAlone(FairConcurrencyLimiter):
    """Each shop counts as a network."""

    def slot(self, tenant: Hashable, network: str) -> AbstractContextManager[None]:
        return super().slot(tenant, str(tenant))


class LoadSheddingMiddleware(load_shedding.LoadSheddingMiddleware):
    def __init__(self, get_response) -> None:
        super().__init__(get_response)
        self.limiter = TenantsAlone(**settings.LOAD_SHEDDING)
