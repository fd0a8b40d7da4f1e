from django.utils.translation import gettext_lazy as _

from apps.audit.actions import Action


class StorefrontAction(Action):
    CHANGED = "storefront.changed", _("Storefront changed")
