from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from apps.products.images.jobs import enqueue_fetches
from apps.products.models import (
    Image,
    Location,
    Option,
    OptionValue,
    Product,
    ProductTag,
    StockItem,
    StockMovement,
    Variant,
    VariantImage,
)
from apps.products.search.index import Searchable, write_index
from apps.tenants.batches import StatementBatch
from apps.tenants.models import TenantOwnedModel

#: Rows are inserted in this order, and deleted in the opposite one.
MODELS: Final[list[type[TenantOwnedModel]]] = [
    Product,
    ProductTag,
    Option,
    OptionValue,
    Variant,
    Image,
    VariantImage,
]
_VALUES: Final = ("value1", "value2", "value3")


class Changes:
    """Rows of any number of products to be inserted, updated and deleted, in few statements."""

    def __init__(self, user: Any, reason: str) -> None:
        """`user` and `reason` are recorded with changes of stock."""
        self._user = user
        self._reason = reason
        self._added: dict[type, list[Any]] = defaultdict(list)
        self._changed: dict[type, dict[Any, Any]] = defaultdict(dict)
        self._fields: dict[type, set[str]] = defaultdict(set)
        self._removed: dict[type, list[Any]] = defaultdict(list)
        self._stock: dict[Variant, int] = {}
        self._words: dict[UUID, dict[str, int]] = {}
        #: The number of changes, to be compared with an earlier one.
        self.count = 0

    def add(self, row: Any) -> Any:
        """Insert `row`; later changes of it need no call."""
        self.count += 1
        self._added[type(row)].append(row)
        return row

    def change(self, row: Any, values: Mapping[str, Any]) -> None:
        """Set the values that differ from those of `row`."""
        different = {name: new for name, new in values.items() if getattr(row, name) != new}
        for name, value in different.items():
            setattr(row, name, value)
        if different and not row._state.adding:
            self.count += 1
            self._changed[type(row)][row.pk] = row
            self._fields[type(row)] |= different.keys()

    def remove(self, rows: Iterable[Any]) -> None:
        for row in rows:
            self.count += 1
            self._removed[type(row)].append(row.pk)

    def set_stock(self, variant: Variant, quantity: int) -> None:
        """Set the stock of a variant; the difference is determined when the changes are saved."""
        self.count += 1
        self._stock[variant] = quantity

    def index(self, product: Product, texts: Searchable) -> None:
        """Let the search find a product by these texts."""
        self._words[product.pk] = texts.words()

    def save(self, batch: StatementBatch | None = None) -> None:
        """Write the changes, in the caller's transaction. References are checked at its end.

        New rows are inserted once the caller sends the batch, if it gives one.
        """
        inserts = batch or StatementBatch()
        # First: new words lock their spellings, always before the codes that contain them.
        write_index(self._words, inserts, new={product.pk for product in self._added[Product]})
        self._vacate_combinations()
        for model in reversed(MODELS):
            if keys := self._removed[model]:
                model.objects.filter(pk__in=keys).delete()
        for model in MODELS:
            if rows := self._changed[model].values():
                model.objects.bulk_update(rows, sorted(self._fields[model]), batch_size=500)
            inserts.insert(self._added[model])
        if self._stock:
            self._save_stock(inserts)
        if batch is None:
            inserts.send()
        enqueue_fetches(self._added[Image])

    def _vacate_combinations(self) -> None:
        """Let variants exchange their option values, whose combination is unique at any time."""
        names = {f"{name}_id" for name in _VALUES}
        if self._fields[Variant] & names:
            self._fields[Variant] |= names  # those that stay are written again
            keys = list(self._changed[Variant])
            Variant.objects.filter(pk__in=keys).update(**dict.fromkeys(_VALUES))

    def _save_stock(self, inserts: StatementBatch) -> None:
        location_id = Location.objects.get_default_id(inserts)
        items = self._lock_stock(location_id)
        added, changed, movements = [], [], []
        for variant, quantity in self._stock.items():
            item = items.get(variant.pk)
            delta = quantity - (item.quantity if item else 0)
            if item is None:
                added.append(StockItem(variant=variant, location_id=location_id, quantity=quantity))
            elif delta:
                item.quantity = quantity
                changed.append(item)
            if delta:
                movements.append(self._movement(variant, location_id, delta, quantity))
        if changed:
            StockItem.objects.bulk_update(changed, ["quantity"])
        inserts.insert(added)
        inserts.insert(movements)

    def _lock_stock(self, location_id: UUID) -> dict[UUID, StockItem]:
        """Return the stock items of changed variants by the ids of these, locked."""
        variants = self._stock.keys() - set(self._added[Variant])
        if not variants:
            return {}
        items = StockItem.objects.filter(variant__in=variants, location=location_id)
        return {item.variant_id: item for item in items.order_by("pk").select_for_update()}

    def _movement(
        self, variant: Variant, location_id: UUID, delta: int, quantity: int
    ) -> StockMovement:
        return StockMovement(
            variant=variant,
            location_id=location_id,
            delta=delta,
            quantity=quantity,
            reason=self._reason,
            user=self._user,
        )
