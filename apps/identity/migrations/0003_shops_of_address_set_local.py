"""The search for shops by address, without set_config(), which the application's role may not call."""

from django.db import migrations

# As before it has no more rights than its caller, and the setting ends with the transaction.
FUNCTION = """
CREATE OR REPLACE FUNCTION shops_of_address(address text) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp AS $$
DECLARE
    shop uuid;
BEGIN
    FOR shop IN SELECT id FROM tenants WHERE status = 'open' LOOP
        EXECUTE format('SET LOCAL app.tenant_id = %%L', shop);
        IF EXISTS (SELECT 1 FROM users
                    WHERE tenant_id = shop AND email = lower(address) AND is_active) THEN
            RETURN NEXT shop;
        END IF;
    END LOOP;
    SET LOCAL app.tenant_id = '';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_shops_of_address")]

    operations = [migrations.RunSQL(FUNCTION.replace("%%", "%"), migrations.RunSQL.noop)]
