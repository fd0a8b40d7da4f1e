from apps.audit.actions import Action


class ShopAction(Action):
    OPENED = "shop.opened"
    CHANGED = "shop.changed"
