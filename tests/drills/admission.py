"""Admission as it was: fair between shops, whoever asks for them."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import AbstractContextManager

from django.conf import settings

from apps.throttling.admission import Admission
from middleware.admission import AdmissionMiddleware


class ShopsAlone(Admission):
    """Each shop counts as a network."""

    def place(self, key: Hashable, network: str) -> AbstractContextManager[None]:
        return super().place(key, str(key))


class ShopsAloneMiddleware(AdmissionMiddleware):
    def __init__(self, get_response) -> None:
        super().__init__(get_response)
        self.admission = ShopsAlone(**settings.ADMISSION)
