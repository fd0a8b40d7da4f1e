"""The search index, as rows: row-level security keeps other operators from using an index."""

from __future__ import annotations

from django.db import models

from apps.products.models.products import Product
from apps.tenants.constraints import RowLevelSecurity
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel, tenant_key


class SearchWord(TenantOwnedModel):
    """A normalized word of a product; a higher weight ranks the product higher."""

    # Nothing refers to a word, and each index on a row would slow down every import.
    id = None  # type: ignore[assignment]
    pk = models.CompositePrimaryKey("tenant_id", "product_id", "word")
    tenant = tenant_key(db_constraint=False)
    # In C collation, so that a prefix is a range of its B-tree.
    word = models.CharField(max_length=64, db_collation="C")
    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, related_name="search_words", db_index=False
    )
    weight = models.PositiveSmallIntegerField()

    class Meta(TenantOwnedModel.Meta):
        db_table = "search_words"
        constraints = [RowLevelSecurity(name="products_searchword_own_rows")]
        indexes = [
            models.Index(
                fields=["tenant", "word", "-weight", "-product"], name="products_searchword_by_word"
            )
        ]

    def __str__(self) -> str:
        return self.word


class SearchSpelling(TenantOwnedModel):
    """A word that occurs in the shop, without one or two letters, to find misspelt words."""

    id = None  # type: ignore[assignment]
    pk = models.CompositePrimaryKey("tenant_id", "spelling", "word")
    spelling = models.CharField(max_length=7, db_collation="C")
    word = models.CharField(max_length=64, db_collation="C")

    class Meta(TenantOwnedModel.Meta):
        db_table = "search_spellings"
        constraints = [RowLevelSecurity(name="products_searchspelling_own_rows")]

    def __str__(self) -> str:
        return f"{self.spelling} {self.word}"
