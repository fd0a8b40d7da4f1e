from django.apps import AppConfig
from django.db.models.signals import post_delete


class ProductsConfig(AppConfig):
    name = "apps.products"

    def ready(self) -> None:
        from apps.products.images.jobs import enqueue_deletion  # noqa: PLC0415 -- models exist now

        post_delete.connect(enqueue_deletion, sender="products.Image", dispatch_uid="image-files")
