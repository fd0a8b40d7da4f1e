from django.apps import AppConfig
from django.db.models.signals import post_delete


class ProductsConfig(AppConfig):
    name = "apps.products"

    def ready(self) -> None:
        from apps.products.images.jobs import enqueue_deletion  # noqa: PLC0415 -- models exist now
        from apps.products.managers import catalogue_versions  # noqa: PLC0415
        from apps.products.versions import CHANNEL  # noqa: PLC0415
        from apps.tenants.listener import tenant_listener  # noqa: PLC0415

        post_delete.connect(enqueue_deletion, sender="products.Image", dispatch_uid="image-files")
        tenant_listener.caches[CHANNEL] = catalogue_versions
