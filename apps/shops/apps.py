from corsheaders.signals import check_request_enabled
from django.apps import AppConfig


class ShopsConfig(AppConfig):
    name = "apps.shops"

    def ready(self) -> None:
        from apps.shops.origins import is_storefront  # noqa: PLC0415 -- the applications are ready now

        check_request_enabled.connect(is_storefront, dispatch_uid="storefronts")
