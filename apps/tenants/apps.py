from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, post_save


class TenantsConfig(AppConfig):
    name = "apps.tenants"

    def ready(self) -> None:
        from apps.tenants import cache, checks, model_checks, models, privileges  # noqa: PLC0415 -- models exist from here on

        register(model_checks.check_models, "tenants")
        register(checks.check_settings, "tenants")
        register(checks.check_driver, "tenants")
        register(checks.check_isolation, Tags.database)
        post_migrate.connect(privileges.grant_privileges, sender=self)
        post_save.connect(cache.forget_changed, sender=models.Tenant)
