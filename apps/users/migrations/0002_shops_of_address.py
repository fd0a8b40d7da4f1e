from django.db import migrations

# Finds the shops where an address has an account, inside Row-Level Security: the function has the
# privileges of its caller, enters one tenant after the other and asks each by its unique key. The
# setting ends with the transaction. set_config() is avoided: the application may not be allowed to
# call it.
FUNCTION = """
CREATE FUNCTION shops_of_address(address text) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp AS $$
DECLARE
    shop uuid;
BEGIN
    FOR shop IN SELECT id FROM tenants WHERE status = 'open' LOOP
        EXECUTE format('SET LOCAL app.tenant_id = %L', shop);
        IF EXISTS (SELECT 1 FROM users
                    WHERE tenant_id = shop AND email = lower(address) AND is_active) THEN
            RETURN NEXT shop;
        END IF;
    END LOOP;
    SET LOCAL app.tenant_id = '';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial"), ("tenants", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION shops_of_address(text);")]
