"""The column whose addition to all schemas is measured."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [migrations.AddField("product", "note", models.TextField(null=True))]
