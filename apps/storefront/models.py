from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.storefront.managers import StorefrontManager
from apps.tenants.models import TenantOwnedModel
from apps.tenants.validators import validate_title

validate_color = RegexValidator(r"\A#[0-9a-f]{6}\Z", _("A colour such as #2f6f4f."))


class Storefront(TenantOwnedModel):
    """The look of a shop's pages, and if shoppers may see them.

    A shop has at most one row, whose id is the tenant's.
    """

    class Scheme(models.TextChoices):
        AUTO = "auto", _("Auto")  # as the reader's system
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Fonts(models.TextChoices):
        MODERN = "modern", _("Modern")
        CLASSIC = "classic", _("Classic")  # headings with serifs
        LITERARY = "literary", _("Literary")  # all texts with serifs
        TECHNICAL = "technical", _("Technical")  # headings of fixed width
        SYSTEM = "system", _("System")

    class Corners(models.TextChoices):
        SQUARE = "square", _("Square")
        SOFT = "soft", _("Soft")
        ROUND = "round", _("Round")

    is_open = models.BooleanField(default=False)
    tagline = models.CharField(max_length=160, blank=True, validators=[validate_title])
    announcement = models.CharField(max_length=160, blank=True, validators=[validate_title])
    footer = models.TextField(max_length=600, blank=True)
    accent = models.CharField(max_length=7, default="#2f6f4f", validators=[validate_color])
    scheme = models.CharField(max_length=5, choices=Scheme.choices, default=Scheme.AUTO)
    fonts = models.CharField(max_length=9, choices=Fonts.choices, default=Fonts.MODERN)
    corners = models.CharField(max_length=6, choices=Corners.choices, default=Corners.SOFT)

    # The digest that names the renditions of the logo, and its size in pixels.
    logo_hash = models.CharField(max_length=64, blank=True, editable=False)
    logo_width = models.PositiveIntegerField(null=True, editable=False)
    logo_height = models.PositiveIntegerField(null=True, editable=False)

    objects: ClassVar[StorefrontManager] = StorefrontManager()

    class Meta(TenantOwnedModel.Meta):
        db_table = "storefronts"
        constraints = [
            *TenantOwnedModel.Meta.constraints,
            # They are written into a style sheet.
            models.CheckConstraint(
                condition=Q(accent__regex=r"^#[0-9a-f]{6}$")
                & Q(scheme__in=["auto", "light", "dark"])
                & Q(fonts__in=["modern", "classic", "literary", "technical", "system"])
                & Q(corners__in=["square", "soft", "round"]),
                name="storefront_storefront_look",
            ),
            models.CheckConstraint(
                condition=Q(logo_hash="") | Q(logo_width__gt=0, logo_height__gt=0),
                name="storefront_storefront_logo",
            ),
        ]

    @property
    def has_web_font(self) -> bool:
        return self.fonts not in {self.Fonts.LITERARY, self.Fonts.SYSTEM}
