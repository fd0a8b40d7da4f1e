from django.db import migrations

# Notifies every process which shop's catalogue has changed.
TRIGGER = """
CREATE FUNCTION catalogue_versions_notice() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('catalogue_versions', coalesce(NEW.tenant_id, OLD.tenant_id)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER catalogue_versions_notice AFTER INSERT OR UPDATE OR DELETE ON catalogue_versions
    FOR EACH ROW EXECUTE FUNCTION catalogue_versions_notice();
"""


class Migration(migrations.Migration):

    dependencies = [("products", "0001_initial")]

    operations = [
        migrations.RunSQL(
            TRIGGER,
            "DROP TRIGGER catalogue_versions_notice ON catalogue_versions;"
            " DROP FUNCTION catalogue_versions_notice();",
        )
    ]
