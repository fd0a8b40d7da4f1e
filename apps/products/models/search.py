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
                fields=["tenant", "product", "word"], name="products_searchword_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "word", "-weight", "-product"], name="products_searchword_by_word"
            )
        ]

    def __str__(self) -> str:
        return self.word


class SearchGram(TenantOwnedModel):
    """A trigram of a word that occurs in the shop, to find similar words."""

    gram = models.CharField(max_length=3, db_collation="C")
    word = models.CharField(max_length=64, db_collation="C")

    class Meta(TenantOwnedModel.Meta):
        db_table = "search_grams"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "gram", "word"], name="products_searchgram_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gram} {self.word}"
