from collections import defaultdict

from django.core.exceptions import ImproperlyConfigured
from django.db import migrations, models

from apps.tenants.validators import code_skeleton


def refuse_look_alikes(apps, schema_editor):
    """Name the shops that look alike from now on: the column that follows is unique."""
    tenants = apps.get_model("tenants", "Tenant").objects.using(schema_editor.connection.alias)
    alike = defaultdict(list)
    for code in tenants.order_by("code").values_list("code", flat=True):
        alike[code_skeleton(code)].append(code)
    pairs = [" and ".join(codes) for codes in alike.values() if len(codes) > 1]
    if pairs:
        raise ImproperlyConfigured(
            f"These shops look alike: {'; '.join(pairs)}. Give all but one of each another code "
            "(UPDATE tenants SET code = ..., as the schema's owner), then migrate again."
        )


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0003_confirmed_at'),
    ]

    # A generated column's expression cannot be changed: it is made anew.
    operations = [
        migrations.RunPython(refuse_look_alikes, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='tenant',
            name='code_skeleton',
        ),
        migrations.AddField(
            model_name='tenant',
            name='code_skeleton',
            field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('code'), models.Value('01l'), models.Value('oii'), function='translate'), output_field=models.CharField(max_length=63), unique=True),
        ),
    ]
