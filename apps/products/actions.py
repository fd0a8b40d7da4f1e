from apps.audit.actions import Action


class ProductAction(Action):
    CREATED = "product.created"
    CHANGED = "product.changed"
    DELETED = "product.deleted"
    IMPORT_STARTED = "product.import_started"
    IMPORTED = "product.imported"


class CollectionAction(Action):
    CREATED = "collection.created"
    CHANGED = "collection.changed"
    DELETED = "collection.deleted"
