import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat


def fill_canonical_urls(apps, schema_editor):
    """Give the shops that are open already the address that a new one would get."""
    tenants = apps.get_model("tenants", "Tenant").objects.using(schema_editor.connection.alias)
    tenants.filter(canonical_url="").update(
        canonical_url=Concat(
            Value(f"{settings.SITE_SCHEME}://"),
            F("code"),
            Value(f".{settings.BASE_DOMAIN}{settings.SITE_PORT}/"),
        )
    )


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='storefront_origins',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), blank=True, default=list, size=20),
        ),
        migrations.AddField(
            model_name='tenant',
            name='canonical_url',
            field=models.CharField(default='', editable=False, max_length=200),
            preserve_default=False,
        ),
        migrations.RunPython(fill_canonical_urls, migrations.RunPython.noop),
    ]
