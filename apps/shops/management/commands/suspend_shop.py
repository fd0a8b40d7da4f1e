from apps.shops.management.base import StatusCommand
from apps.tenants.models import Tenant


class Command(StatusCommand):
    help = "Suspend a shop: at once, every process responds as if it did not exist."
    status = Tenant.Status.SUSPENDED
