"""What can go wrong in tenancy, each named after its cause. These know no HTTP."""


class TenancyError(Exception):
    """Any refusal of the tenancy core."""


class NoActiveTenant(TenancyError):
    """Tenant-owned data was touched while no tenant was active."""


class CrossTenantWrite(TenancyError):
    """A row or a reference of one tenant was about to be written under another."""


class IsolationError(TenancyError):
    """The database or the role in use does not hold the walls up."""


class UnresolvedHost(TenancyError):
    """A request names no site that we serve."""


class MalformedHost(UnresolvedHost):
    """The Host header is no hostname that a browser could have meant."""


class ForeignHost(UnresolvedHost):
    """A well-formed hostname outside the base domain, or too deep inside it."""


class UnknownTenant(UnresolvedHost):
    """No open shop has this code: never opened, suspended and closed look alike."""
