from django.utils.translation import gettext_lazy as _

from apps.audit.actions import Action


class ShopAction(Action):
    OPENED = "shop.opened", _("Shop opened")
    CHANGED = "shop.changed", _("Shop changed")
