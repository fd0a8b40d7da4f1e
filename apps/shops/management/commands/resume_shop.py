from apps.shops.management.base import StatusCommand
from apps.tenants.models import Tenant


class Command(StatusCommand):
    help = "Reopen a suspended shop."
    status = Tenant.Status.OPEN
