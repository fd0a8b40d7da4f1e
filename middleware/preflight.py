from __future__ import annotations

from typing import Any

from middleware.cors import StorefrontCorsMiddleware


class PreflightMiddleware(StorefrontCorsMiddleware):
    """Responds to a preflight before any view. Comes after TenantMiddleware."""

    def __call__(self, request: Any) -> Any:
        return self.check_preflight(request) or self.get_response(request)
