"""The search index, as rows: row-level security keeps other operators from using an index."""

from __future__ import annotations

from django.db import models

from apps.products.models.products import Product
from apps.tenants.fields import TenantForeignKey
from apps.tenants.models import TenantOwnedModel


class SearchWord(TenantOwnedModel):
    """A normalized word of a product; a higher weight ranks the product higher."""

    # In C collation, so that a prefix is a range of its B-tree.
    word = models.CharField(max_length=64, db_collation="C")
    product = TenantForeignKey(
        Product, on_delete=models.CASCADE, related_name="search_words", db_index=False
    )
    weight = models.PositiveSmallIntegerField()

    class Meta(TenantOwnedModel.Meta):
        db_table = "search_words"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "product", "word"],
                include=["weight"],
                name="products_searchword_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "word", "-weight", "-product"], name="products_searchword_by_word"
            )
        ]

    def __str__(self) -> str:
        return self.word


class SearchSpelling(TenantOwnedModel):
    """A word that occurs in the shop, without one or two letters, to find misspelt words."""

    spelling = models.CharField(max_length=7, db_collation="C")
    word = models.CharField(max_length=64, db_collation="C")

    class Meta(TenantOwnedModel.Meta):
        db_table = "search_spellings"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "spelling", "word"], name="products_searchspelling_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spelling} {self.word}"
