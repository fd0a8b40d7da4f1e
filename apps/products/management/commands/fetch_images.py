from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from apps.products.images.jobs import enqueue_fetches
from apps.products.management.base import CatalogueCommand
from apps.products.models import Image


class Command(CatalogueCommand):
    help = "Download the images of a shop that were imported while FETCH_IMAGES was off."

    def run(self, options: dict[str, Any]) -> None:
        if not settings.FETCH_IMAGES:
            raise CommandError("Set FETCH_IMAGES to 1 to permit downloads.")
        pending = Image.objects.filter(status=Image.Status.PENDING).exclude(source_url="")
        count = enqueue_fetches(pending.order_by("pk"))
        self.stdout.write(f"Enqueued the downloads of {count} images.")
