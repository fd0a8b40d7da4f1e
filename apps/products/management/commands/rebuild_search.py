from __future__ import annotations

from typing import Any

from tqdm import tqdm

from apps.products.management.base import CatalogueCommand
from apps.products.models import Product
from apps.products.search.index import rebuild_index


class Command(CatalogueCommand):
    help = "Write the search index of a shop anew, such as after a change of its language."

    def run(self, options: dict[str, Any]) -> None:
        with tqdm(total=Product.objects.count(), unit=" products", disable=None) as bar:
            count = rebuild_index(progress=bar.update)
        self.stdout.write(f"Indexed {count} products.")
