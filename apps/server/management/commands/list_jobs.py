from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import Count, Min

from apps.jobs.models import Job, PlatformJob
from apps.shops.management.base import OwnerRoleCommand
from apps.tenants.context import tenant_context
from apps.tenants.models import Tenant
from apps.tenants.privileges import OWNER_ALIAS
from apps.tenants.validators import normalize_code


class Command(OwnerRoleCommand):
    help = "List the jobs of each shop: counts by status, the oldest waiting one, failed ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", help="the code of one shop, such as acme")

    def handle(self, *args: Any, code: str | None, **options: Any) -> None:
        tenants = Tenant.objects.using(OWNER_ALIAS).order_by("code")
        if code is None:
            self._list("(platform)", PlatformJob.objects.using(OWNER_ALIAS))
        else:
            tenants = tenants.filter(code=normalize_code(code))
            if not tenants:
                raise CommandError(f"There is no shop with the code {code}.")
        for tenant in tenants:
            with tenant_context(tenant):
                self._list(tenant.code, Job.objects.using(OWNER_ALIAS))

    def _list(self, name: str, jobs: Any) -> None:
        counts = dict(jobs.order_by("status").values_list("status").annotate(Count("pk")))
        if not counts:
            return
        self.stdout.write(f"{name}: {', '.join(f'{n} {status}' for status, n in counts.items())}")
        oldest = jobs.filter(status=Job.Status.QUEUED).aggregate(at=Min("enqueued_at"))["at"]
        if oldest:
            self.stdout.write(f"  oldest waiting since {oldest:%Y-%m-%d %H:%M:%S}")
        for job in jobs.filter(status=Job.Status.FAILED).order_by("-finished_at")[:20]:
            self.stdout.write(
                f"  failed {job.finished_at:%Y-%m-%d %H:%M:%S} {job.task} {job.error}"
            )
