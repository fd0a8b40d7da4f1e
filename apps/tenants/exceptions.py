class TenancyError(Exception):
    """The base class of the exceptions of tenancy."""


class NoActiveTenant(TenancyError):
    """Tenant-owned data was used while no tenant was active."""


class CrossTenantWrite(TenancyError):
    """A write would have put a row or a reference of one tenant into another."""


class IsolationError(TenancyError):
    """The database or the role in use violates the isolation of tenants."""


class UnresolvedHost(TenancyError):
    """The request does not name a site of this installation."""


class MalformedHost(UnresolvedHost):
    """The Host header is not a valid hostname, or its code is not a valid one."""


class ForeignHost(UnresolvedHost):
    """A well-formed hostname outside the base domain, or too deep inside it."""


class UnknownTenant(UnresolvedHost):
    """No open shop has this code: it is unused, suspended or closed."""
