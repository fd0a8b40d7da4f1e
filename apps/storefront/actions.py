from apps.audit.actions import Action


class StorefrontAction(Action):
    CHANGED = "storefront.changed"
