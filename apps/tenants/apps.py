from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate, post_save


class TenantsConfig(AppConfig):
    name = "apps.tenants"

    def ready(self) -> None:
        from apps.tenants import checks, listener, models, privileges  # noqa: PLC0415 -- models exist from here on

        register(checks.check_models, "tenants")
        register(checks.check_settings, "tenants")
        post_migrate.connect(privileges.grant_privileges, sender=self)
        post_save.connect(listener.forget_changed, sender=models.Tenant)
