from django.db import migrations

# Notifies the tenant cache of every process which code has changed. A trigger covers every way of
# changing a row.
TRIGGER = """
CREATE FUNCTION tenants_notice() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('tenants', coalesce(NEW.code, OLD.code));
    RETURN NULL;
END $$;
CREATE TRIGGER tenants_notice AFTER INSERT OR UPDATE OR DELETE ON tenants
    FOR EACH ROW EXECUTE FUNCTION tenants_notice();
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            TRIGGER, "DROP TRIGGER tenants_notice ON tenants; DROP FUNCTION tenants_notice();"
        ),
    ]
