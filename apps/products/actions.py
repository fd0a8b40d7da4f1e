from django.utils.translation import gettext_lazy as _

from apps.audit.actions import Action


class ProductAction(Action):
    CREATED = "product.created", _("Product created")
    CHANGED = "product.changed", _("Product changed")
    DELETED = "product.deleted", _("Product deleted")
    IMPORT_STARTED = "product.import_started", _("Import started")
    IMPORTED = "product.imported", _("Import ended")


class CollectionAction(Action):
    CREATED = "collection.created", _("Collection created")
    CHANGED = "collection.changed", _("Collection changed")
    DELETED = "collection.deleted", _("Collection deleted")
